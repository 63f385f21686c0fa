import type { DynamicModule, Type } from '@nestjs/common';
import type { EntityClass, MigrationClass } from '../database/index.js';

/** What one wing brings into the product, so that running without it is one line (design/decisions.md). */
export interface Wing {
  name: 'core' | 'legacy';
  modules: (Type | DynamicModule)[];
  entities: EntityClass[];
  migrations: MigrationClass[];
  /** Demo data by domain, in the order in which the domains build on each other. */
  seeds: string[];
  /** Folders of the wing's end-to-end tests, below `test/e2e`. */
  e2eFolders: string[];
}

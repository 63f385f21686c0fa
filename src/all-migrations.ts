import { Outbox1760000010000 } from '../migrations/0010-outbox.js';
import { JobRuns1760000020000 } from '../migrations/0020-job-runs.js';
import { IdempotencyKeys1760000030000 } from '../migrations/0030-idempotency-keys.js';
import type { MigrationClass } from './infrastructure/database/index.js';
import { wings } from './wings.js';

/** The ground floor's own migrations. */
const infrastructureMigrations: MigrationClass[] = [
  Outbox1760000010000,
  JobRuns1760000020000,
  IdempotencyKeys1760000030000,
];

/** Every migration of the product; TypeORM orders them by the timestamp in the class name. */
export const allMigrations: MigrationClass[] = [
  ...infrastructureMigrations,
  ...wings.flatMap((wing) => wing.migrations),
];

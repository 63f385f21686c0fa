import { coreWing } from './core/wing.js';
import type { Wing } from './infrastructure/wing/index.js';
import { legacyWing } from './legacy/wing.js';

/** The wings that run; without the legacy one the product is this line and its import shorter. */
export const wings: readonly Wing[] = [coreWing, legacyWing];

import type { Wing } from '../infrastructure/wing/index.js';

/** The modern wing: the contract of the newest documents (S0, S1). */
export const coreWing: Wing = {
  name: 'core',
  modules: [],
  entities: [],
  migrations: [],
  seeds: ['users', 'tracks', 'marketplace'],
  e2eFolders: ['core'],
};

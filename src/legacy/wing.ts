import type { Wing } from '../infrastructure/wing/index.js';

/** The legacy wing: what only the older documents describe (S2 to S4). Its first modules come with their issues. */
export const legacyWing: Wing = {
  name: 'legacy',
  modules: [],
  entities: [],
  migrations: [],
  seeds: [],
  e2eFolders: ['legacy'],
};

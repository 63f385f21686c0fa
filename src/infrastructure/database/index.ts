export * from './bigint.transformer.js';
export * from './constraint-errors.js';
export * from './database.js';
export * from './database.module.js';
export * from './migrations.js';
export * from './query-observer.js';
export * from './transactional.js';

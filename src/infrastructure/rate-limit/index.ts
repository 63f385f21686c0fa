export * from './limits.js';
export * from './rate-limit.module.js';

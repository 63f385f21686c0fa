export * from './limits.js';
export * from './rate-limit.module.js';
export { RateLimitGuard } from './rate-limit.guard.js';

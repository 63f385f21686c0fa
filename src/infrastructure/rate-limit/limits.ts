import type { AppConfig } from '../config/index.js';

/** A limit: so many requests per IP in a window. */
export interface Limit {
  name: string;
  limit: number;
  windowMs: number;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
// design/decisions.md: the numbers of spec 04 hold in staging and production, twenty times as much elsewhere.
const RELAXED_FACTOR = 20;

/** Every limit of the product, by environment (S0, 09 C18 and C20, design/decisions.md). */
export function limitsOf(config: AppConfig): Limit[] {
  const factor = config.isProductionLike ? 1 : RELAXED_FACTOR;
  return [
    {
      name: 'default',
      limit: config.get('RATE_LIMIT_LIMIT'),
      windowMs: config.get('RATE_LIMIT_WINDOW'),
    },
    {
      name: 'login',
      limit: config.get('AUTH_RATE_LIMIT_LOGIN_ATTEMPTS'),
      windowMs: config.get('AUTH_RATE_LIMIT_LOGIN_WINDOW'),
    },
    { name: 'register', limit: config.isProductionLike ? 3 : 20, windowMs: HOUR_MS },
    { name: 'upload', limit: 5 * factor, windowMs: HOUR_MS },
    { name: 'profile-change', limit: 10 * factor, windowMs: MINUTE_MS },
    { name: 'track-change', limit: 20 * factor, windowMs: MINUTE_MS },
    { name: 'track-deletion', limit: 10 * factor, windowMs: HOUR_MS },
    // A provider's storm must pass; what is not signed counts against the global limit besides.
    { name: 'license-verification', limit: 30 * factor, windowMs: MINUTE_MS },
    { name: 'certificate', limit: 30 * factor, windowMs: MINUTE_MS },
    { name: 'receipt', limit: 5 * factor, windowMs: HOUR_MS },
    { name: 'webhook', limit: 120_000, windowMs: MINUTE_MS },
  ];
}

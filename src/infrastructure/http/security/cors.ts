import type { AppConfig } from '../../config/index.js';

/** The CORS rule as the Fastify plugin takes it. */
export interface CorsRule {
  origin: (string | RegExp)[];
  methods: string[];
  allowedHeaders: string[];
  exposedHeaders: string[];
  credentials: boolean;
  maxAge: number;
}

const LOCALHOST = /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

/** Strict from CORS_ALLOWED_ORIGINS (S0); outside production localhost is welcome as well (S4). */
export function corsOptions(config: AppConfig): CorsRule {
  const listed = config.get('CORS_ALLOWED_ORIGINS').filter((origin) => origin !== '*');
  return {
    origin: config.isProductionLike ? listed : [...listed, LOCALHOST],
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
    allowedHeaders: [
      'Content-Type',
      'Authorization',
      'X-Requested-With',
      'X-Api-Key',
      'X-CSRF-Token',
      'X-Request-ID',
      'Idempotency-Key',
      'Range',
    ],
    exposedHeaders: [
      'X-Request-ID',
      'X-RateLimit-Limit',
      'X-RateLimit-Remaining',
      'X-RateLimit-Reset',
      'Retry-After',
      'Idempotency-Replayed',
      'Content-Range',
      'Accept-Ranges',
      'Content-Disposition',
      'ETag',
    ],
    credentials: true,
    maxAge: 86_400,
  };
}

import type { FastifyHelmetOptions } from '@fastify/helmet';
import type { AppConfig } from '../../config/index.js';

const ONE_YEAR_SECONDS = 31_536_000;

/**
 * The security headers of S4 beside a real Content-Security-Policy (09 C53). The Swagger console needs
 * inline styles; scripts come from this server alone.
 */
export function securityHeaders(config: AppConfig): FastifyHelmetOptions {
  return {
    frameguard: { action: 'deny' },
    referrerPolicy: { policy: 'strict-origin-when-cross-origin' },
    // Helmet switches the old filter off; S4 asks for it as written, set with EXTRA_HEADERS.
    xXssProtection: false,
    hsts: config.isProductionLike ? { maxAge: ONE_YEAR_SECONDS, includeSubDomains: true } : false,
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
        objectSrc: ["'none'"],
        imgSrc: ["'self'", 'data:'],
        styleSrc: ["'self'", "'unsafe-inline'"],
      },
    },
  };
}

/** The headers of S4 that helmet has no word for; no answer is kept by a cache unless its route says so. */
export const EXTRA_HEADERS: Readonly<Record<string, string>> = {
  'Cache-Control': 'no-store',
  'X-XSS-Protection': '1; mode=block',
  'Permissions-Policy': 'geolocation=(), microphone=(), camera=()',
};

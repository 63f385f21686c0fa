import Stripe from 'stripe';
import type { AppConfig } from '../../../infrastructure/config/index.js';
import type { Metrics } from '../../../infrastructure/metrics/index.js';
import { MeasuredHttpClient } from './measured-http-client.js';

/** The version whose shapes the SDK's types describe; pinned, so that an account's default cannot change ours. */
const API_VERSION = '2026-10-28.endive';

/** The SDK as configured, null without a key. */
export function clientOf(config: AppConfig, metrics: Metrics): Stripe | null {
  const key = config.get('STRIPE_SECRET_KEY');
  if (key === undefined) return null;
  return new Stripe(key, {
    apiVersion: API_VERSION,
    timeout: config.get('PSP_TIMEOUT'),
    // Our own keys and our own retries: the SDK's would hide an ambiguous answer from us.
    maxNetworkRetries: 0,
    telemetry: false,
    httpClient: new MeasuredHttpClient(metrics),
    appInfo: { name: 'veza-backend-api', version: config.version },
    ...addressOf(config.get('STRIPE_API_URL')),
  });
}

function addressOf(address: string | undefined): {
  host?: string;
  port?: number;
  protocol?: 'http' | 'https';
} {
  if (address === undefined) return {};
  const url = new URL(address);
  const protocol = url.protocol === 'http:' ? 'http' : 'https';
  const port = url.port === '' ? (protocol === 'http' ? 80 : 443) : Number(url.port);
  return { host: url.hostname, port, protocol };
}

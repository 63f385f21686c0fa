import { Injectable } from '@nestjs/common';
import Stripe from 'stripe';
import { AppConfig } from '../../../infrastructure/config/index.js';
import { Database } from '../../../infrastructure/database/index.js';
import { Metrics } from '../../../infrastructure/metrics/index.js';
import { providerNotConfigured } from '../payments/index.js';
import { MeasuredHttpClient } from './measured-http-client.js';
import { translateStripeError } from './stripe-errors.js';

/** The version whose shapes the SDK's types describe; pinned, so that an account's default cannot change ours. */
const API_VERSION = '2026-10-28.endive';

/** The one way to Stripe: the SDK as configured, its errors as ours, and never inside a transaction (07 7.6.1). */
@Injectable()
export class StripeClient {
  private readonly sdk: Stripe | null;

  constructor(
    config: AppConfig,
    private readonly database: Database,
    metrics: Metrics,
  ) {
    this.sdk = sdkOf(config, metrics);
  }

  /** True when there is a key to call with. */
  isConfigured(): boolean {
    return this.sdk !== null;
  }

  /** @throws as `PayoutProvider` says */
  async call<T>(work: (stripe: Stripe) => Promise<T>): Promise<T> {
    if (this.sdk === null) throw providerNotConfigured('stripe');
    if (this.database.isInTransaction()) {
      throw new Error('A payout provider must not be called inside a database transaction');
    }
    try {
      return await work(this.sdk);
    } catch (error) {
      throw translateStripeError(error);
    }
  }
}

/** Null without a key. */
function sdkOf(config: AppConfig, metrics: Metrics): Stripe | null {
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

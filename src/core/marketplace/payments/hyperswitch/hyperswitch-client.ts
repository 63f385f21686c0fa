import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../../../infrastructure/config/index.js';
import { Database } from '../../../../infrastructure/database/index.js';
import { Metrics } from '../../../../infrastructure/metrics/index.js';
import { ProviderAmbiguous, providerNotConfigured } from '../provider.errors.js';

/** An answer that could be read; `body` is a JSON object. */
export interface HyperswitchAnswer {
  status: number;
  body: Record<string, unknown>;
}

/** Speaks to Hyperswitch over HTTP (08 1.1). PSP_TIMEOUT covers the whole exchange, headers and body. */
@Injectable()
export class HyperswitchClient {
  constructor(
    private readonly config: AppConfig,
    private readonly db: Database,
    private readonly metrics: Metrics,
  ) {}

  isConfigured(): boolean {
    return (
      this.config.get('HYPERSWITCH_URL') !== undefined && this.config.get('HYPERSWITCH_API_KEY') !== undefined
    );
  }

  /**
   * Sends one request and waits for the answer, whatever its status.
   * @throws ProviderAmbiguous when nothing readable came back
   * @throws Error inside a transaction: a slow provider would hold locks (07 7.6.1)
   */
  async send(
    method: 'GET' | 'POST',
    path: string,
    body?: Record<string, unknown>,
  ): Promise<HyperswitchAnswer> {
    if (this.db.isInTransaction())
      throw new Error('The payment provider must not be called in a transaction');
    const url = this.config.get('HYPERSWITCH_URL');
    const apiKey = this.config.get('HYPERSWITCH_API_KEY');
    if (url === undefined || apiKey === undefined) throw providerNotConfigured('hyperswitch');
    const startedAtMs = performance.now();
    let statusCode: number | null = null;
    try {
      const response = await fetch(`${url.replace(/\/$/, '')}${path}`, {
        method,
        headers: { 'api-key': apiKey, accept: 'application/json', 'content-type': 'application/json' },
        body: body === undefined ? undefined : JSON.stringify(body),
        redirect: 'manual',
        signal: AbortSignal.timeout(this.config.get('PSP_TIMEOUT')),
      });
      const answer = { status: response.status, body: objectOf(await response.text()) };
      statusCode = answer.status;
      return answer;
    } catch (error) {
      if (error instanceof ProviderAmbiguous) throw error;
      throw new ProviderAmbiguous(reasonOf(error), { cause: error });
    } finally {
      const durationSeconds = (performance.now() - startedAtMs) / 1_000;
      this.metrics.providerCall({ provider: 'hyperswitch', method, path, statusCode, durationSeconds });
    }
  }
}

function objectOf(text: string): Record<string, unknown> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new ProviderAmbiguous('the answer is no JSON');
  }
  // The published schema wraps a page of payments into an array, the server sends the page itself.
  const body: unknown = Array.isArray(parsed) && parsed.length === 1 ? parsed[0] : parsed;
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new ProviderAmbiguous('the answer is no object');
  }
  return body as Record<string, unknown>;
}

/** fetch hides what happened to the connection in the cause of its error. */
function reasonOf(error: unknown): string {
  const { name, message, cause } = error as Partial<Error>;
  if (name === 'TimeoutError') return 'timeout';
  const deeper = typeof cause === 'object' && cause !== null ? (cause as Partial<Error>).message : undefined;
  return deeper ?? message ?? 'no answer';
}

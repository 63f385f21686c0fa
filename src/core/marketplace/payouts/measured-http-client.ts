import Stripe from 'stripe';
import type { Metrics } from '../../../infrastructure/metrics/index.js';

type HttpClient = InstanceType<typeof Stripe.HttpClient>;
type RequestArguments = Parameters<HttpClient['makeRequest']>;

/** The SDK's own HTTP client, counted and timed. */
export class MeasuredHttpClient extends Stripe.HttpClient {
  private readonly client = Stripe.createNodeHttpClient();

  constructor(private readonly metrics: Metrics) {
    super();
  }

  getClientName(): string {
    return this.client.getClientName();
  }

  async makeRequest(...request: RequestArguments): Promise<Awaited<ReturnType<HttpClient['makeRequest']>>> {
    const [, , path, method] = request;
    const startedAtMs = performance.now();
    let statusCode: number | null = null;
    try {
      const response = await this.client.makeRequest(...request);
      statusCode = response.getStatusCode();
      return response;
    } finally {
      const durationSeconds = (performance.now() - startedAtMs) / 1_000;
      this.metrics.providerCall({ provider: 'stripe', method, path, statusCode, durationSeconds });
    }
  }
}

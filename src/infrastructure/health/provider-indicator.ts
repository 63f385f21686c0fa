import type { HealthIndicator } from './health-indicators.js';
import { askHttp } from './probes/http.probe.js';

const PROVIDER_CACHE_MS = 30_000;

/** An outside provider as /status shows it. */
export interface ProviderDescription {
  /** Name in the answers, such as `payment_provider`. */
  readonly name: string;
  readonly isConfigured: boolean;
  /** Asked with GET; any answer counts as reachable. Without it the provider is only `configured`. */
  readonly url?: string | undefined;
}

/** `not_configured`, `configured` or `reachable`; unhealthy when it has an address and does not answer. */
export function providerIndicator({ name, isConfigured, url }: ProviderDescription): HealthIndicator {
  return {
    name,
    scopes: ['status'],
    cacheMs: PROVIDER_CACHE_MS,
    async probe(signal) {
      if (!isConfigured) return 'not_configured';
      if (url === undefined) return 'configured';
      await askHttp(url, signal, () => true);
      return 'reachable';
    },
  };
}

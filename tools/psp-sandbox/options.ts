import type { HyperswitchDialect } from './settings.js';

/** How a sandbox is made. Keys and secrets are its own; the tests give the same ones to the application. */
export interface SandboxOptions {
  /** 0 or absent: a free port. */
  port?: number;
  /** Hyperswitch's `api-key`. */
  apiKey: string;
  hyperswitchWebhookSecret: string;
  stripeSecretKey: string;
  stripeWebhookSecret: string;
  stripeConnectWebhookSecret: string;
  hyperswitchWebhookUrl?: string;
  stripeWebhookUrl?: string;
  /** Absent: the same as `stripeWebhookUrl`. */
  stripeConnectWebhookUrl?: string;
  /** Refunds succeed by themselves after this time; absent: they stay pending. */
  autoSettleMs?: number;
  hyperswitchDialect?: HyperswitchDialect;
  /** Waits between delivery attempts. */
  webhookBackoffMs?: number[];
  webhookTimeoutMs?: number;
  /** JSON file that keeps the books over restarts. */
  stateFile?: string;
}

export const DEFAULT_BACKOFF_MS = [250, 500, 1000, 2000, 4000, 8000];
export const DEFAULT_WEBHOOK_TIMEOUT_MS = 10_000;

/** @throws Error naming every secret that is empty: nothing may ever be signed with an empty key */
export function assertSecrets(options: SandboxOptions): void {
  const names = [
    'apiKey',
    'hyperswitchWebhookSecret',
    'stripeSecretKey',
    'stripeWebhookSecret',
    'stripeConnectWebhookSecret',
  ] as const;
  const empty = names.filter((name) => options[name] === '');
  if (empty.length > 0) throw new Error(`The payment sandbox needs a value for ${empty.join(', ')}.`);
}

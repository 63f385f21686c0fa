import { DEFAULT_BACKOFF_MS, type SandboxOptions } from './options.js';

export type Environment = Record<string, string | undefined>;

const DEFAULT_PORT = 8090;
const DEFAULT_APP_PORT = '8080';

const SECRETS = {
  apiKey: 'HYPERSWITCH_API_KEY',
  hyperswitchWebhookSecret: 'HYPERSWITCH_WEBHOOK_SECRET',
  stripeSecretKey: 'STRIPE_SECRET_KEY',
  stripeWebhookSecret: 'STRIPE_WEBHOOK_SECRET',
  stripeConnectWebhookSecret: 'STRIPE_CONNECT_WEBHOOK_SECRET',
} as const;

/**
 * Reads what `main.ts` needs. Keys carry the names that the application uses, so that one `.env` serves both.
 * @returns the options, or one sentence that says why the sandbox must not or cannot start
 */
export function readEnvironment(environment: Environment): SandboxOptions | string {
  const stage = environment['APP_ENV'] ?? environment['ENVIRONMENT'] ?? 'development';
  if (['staging', 'production'].includes(stage.toLowerCase())) {
    return `The payment sandbox refuses to run with APP_ENV=${stage}: it is for development and tests only.`;
  }
  const missing = Object.values(SECRETS).filter((name) => (environment[name] ?? '') === '');
  if (missing.length > 0) return `The payment sandbox needs ${missing.join(', ')}.`;
  const port = numberIn(environment['PSP_SANDBOX_PORT'], DEFAULT_PORT);
  if (port === null || port > 65_535) return 'PSP_SANDBOX_PORT must be a port number.';
  const settleText = environment['PSP_SANDBOX_AUTO_SETTLE_MS'] ?? '';
  const autoSettleMs = settleText === '' ? undefined : numberIn(settleText, 0);
  if (autoSettleMs === null) return 'PSP_SANDBOX_AUTO_SETTLE_MS must be a number of milliseconds.';
  const dialect = environment['PSP_SANDBOX_HYPERSWITCH_DIALECT'] ?? 'document';
  if (dialect !== 'document' && dialect !== 'server') {
    return 'PSP_SANDBOX_HYPERSWITCH_DIALECT must be document or server.';
  }
  const shop = `http://127.0.0.1:${environment['APP_PORT'] ?? DEFAULT_APP_PORT}/api/v1/webhooks`;
  const stateFile = environment['PSP_SANDBOX_STATE'] ?? '';
  return {
    ...secretsOf(environment),
    port,
    hyperswitchWebhookUrl: environment['PSP_SANDBOX_HYPERSWITCH_WEBHOOK_URL'] ?? `${shop}/hyperswitch`,
    stripeWebhookUrl: environment['PSP_SANDBOX_STRIPE_WEBHOOK_URL'] ?? `${shop}/stripe`,
    hyperswitchDialect: dialect,
    webhookBackoffMs: DEFAULT_BACKOFF_MS,
    ...(autoSettleMs === undefined ? {} : { autoSettleMs }),
    ...(stateFile === '' ? {} : { stateFile }),
  };
}

function secretsOf(environment: Environment): Pick<SandboxOptions, keyof typeof SECRETS> {
  const entries = Object.entries(SECRETS).map(([field, name]) => [field, environment[name] ?? '']);
  return Object.fromEntries(entries) as Record<keyof typeof SECRETS, string>;
}

function numberIn(text: string | undefined, fallback: number): number | null {
  if (text === undefined || text === '') return fallback;
  return /^\d+$/.test(text) ? Number(text) : null;
}

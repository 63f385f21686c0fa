import type { AmountsMinor } from './books/rows.js';

/**
 * Where Hyperswitch's document and its server disagree, the sandbox can speak either.
 * `document` (default): every answer satisfies the published OpenAPI document; a second `POST /refunds` with a
 * known id is `HE_01`. `server`: as the source of the server has it: only `error.*` in an error body, the payment
 * list as one object, `amount_capturable: 0` and no payment method where there is none, and the refunded sum is
 * checked before the id, so that repeating a full refund is `IR_13`.
 */
export type HyperswitchDialect = 'document' | 'server';

/** What can be changed while the sandbox runs. */
export interface SandboxSettings {
  hyperswitchDialect: HyperswitchDialect;
  /** Refunds succeed by themselves after this time; null leaves them pending until somebody decides. */
  autoSettleMs: number | null;
}

export interface SettingsView extends SandboxSettings {
  platformBalanceMinor: AmountsMinor | null;
  hyperswitchWebhookUrl: string | null;
  stripeWebhookUrl: string | null;
  stripeConnectWebhookUrl: string | null;
  webhookBackoffMs: number[];
}

import type { AmountsMinor } from '../books/rows.js';
import { isAmount, isJsonObject, type JsonObject } from '../http/json-body.js';
import type { SettingsChange, WebhookUrlChange } from '../sandbox-controls.js';

const isAmounts = (value: unknown): value is AmountsMinor =>
  isJsonObject(value) && Object.values(value).every((amount) => isAmount(amount));

const isDurations = (value: unknown): value is number[] =>
  Array.isArray(value) && value.every((durationMs) => isAmount(durationMs) && durationMs >= 0);

/** @returns the change, or a sentence that says what is wrong with it */
export function readSettings(body: JsonObject): SettingsChange | string {
  const { hyperswitchDialect, autoSettleMs, platformBalanceMinor, webhookBackoffMs } = body;
  const change: SettingsChange = {};
  if (hyperswitchDialect === 'document' || hyperswitchDialect === 'server') {
    change.hyperswitchDialect = hyperswitchDialect;
  } else if (hyperswitchDialect !== undefined) {
    return 'hyperswitchDialect must be document or server';
  }
  if (autoSettleMs === null || (isAmount(autoSettleMs) && autoSettleMs >= 0))
    change.autoSettleMs = autoSettleMs;
  else if (autoSettleMs !== undefined) return 'autoSettleMs must be a number of milliseconds or null';
  if (platformBalanceMinor === null || isAmounts(platformBalanceMinor)) {
    change.platformBalanceMinor = platformBalanceMinor;
  } else if (platformBalanceMinor !== undefined) {
    return 'platformBalanceMinor must be amounts by currency or null';
  }
  if (isDurations(webhookBackoffMs)) change.webhookBackoffMs = webhookBackoffMs;
  else if (webhookBackoffMs !== undefined) return 'webhookBackoffMs must be a list of milliseconds';
  return change;
}

/** @returns the addresses that are to change, or a sentence that says what is wrong with them */
export function readUrls(body: JsonObject): WebhookUrlChange | string {
  const change: WebhookUrlChange = {};
  const names = {
    hyperswitchWebhookUrl: 'hyperswitch',
    stripeWebhookUrl: 'stripe',
    stripeConnectWebhookUrl: 'stripeConnect',
  } as const;
  for (const [name, field] of Object.entries(names)) {
    const value = body[name];
    if (value === undefined) continue;
    if (value !== null && (typeof value !== 'string' || !/^https?:\/\//.test(value))) {
      return `${name} must be an http address or null`;
    }
    change[field] = value;
  }
  return change;
}

import type { EventOutcome, ProviderEventKind } from './provider-event.js';

export type WebhookProvider = 'hyperswitch' | 'stripe';

/** A delivery as it came over the wire. */
export interface IncomingWebhook {
  provider: WebhookProvider;
  rawBody: Buffer;
  signature: string | undefined;
  headers: Record<string, unknown>;
}

/**
 * `received` waits to be applied, `unmatched` waits to be tried again, the others are final. `dead`: applying
 * it failed until its attempts were used up.
 */
export type WebhookStatus = 'received' | 'rejected' | 'exception' | 'dead' | EventOutcome;

/** A row of the inbox without its body. */
export interface WebhookEventRow {
  id: string;
  provider: WebhookProvider;
  eventId: string;
  kind: ProviderEventKind;
  eventType: string;
  objectId: string | null;
  source: 'webhook' | 'poll';
  status: WebhookStatus;
  attempts: number;
  reason: string | null;
  /** What the last failed attempt said; null when none failed. */
  lastError: string | null;
  receivedAt: Date;
  appliedAt: Date | null;
}

/** A row of the inbox with the bytes that were signed and the headers that came with them. */
export interface StoredWebhook extends WebhookEventRow {
  rawBody: Buffer;
  headers: Record<string, unknown>;
}

/** What the inbox stores of a delivery. */
export interface NewWebhook {
  id: string;
  provider: WebhookProvider;
  eventId: string;
  kind: ProviderEventKind;
  eventType: string;
  objectId: string | null;
  account: string | null;
  rawBody: Buffer;
  headers: Record<string, unknown>;
  status: 'received' | 'rejected';
  reason: string | null;
  receivedAt: Date;
}

/** What the inbox stores of news that came from asking. */
export type PolledWebhook = Pick<
  NewWebhook,
  'id' | 'provider' | 'eventId' | 'kind' | 'eventType' | 'rawBody' | 'receivedAt'
> & { objectId: string };

/** Which deliveries to list, by the moment they came; `from` inclusive, `to` exclusive. */
export interface WebhookEventQuery {
  page: number;
  limit: number;
  cursor?: string;
  status?: WebhookStatus;
  provider?: WebhookProvider;
  kind?: ProviderEventKind;
  objectId?: string;
  from?: Date;
  to?: Date;
}

/** Which deliveries to apply once more, by the moment they came; `from` inclusive, `to` exclusive. */
export interface ReplayBatch {
  status: Exclude<WebhookStatus, 'rejected'>;
  from: Date;
  to: Date;
}

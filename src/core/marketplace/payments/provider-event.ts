/** Which module a delivery concerns; `other` is stored and ignored. */
export type ProviderEventKind = 'payment' | 'refund' | 'dispute' | 'account' | 'transfer' | 'other';

/** A verified and stored message of a provider, in one shape for all of them. */
export interface ProviderEvent {
  webhookEventId: string;
  provider: 'hyperswitch' | 'stripe';
  kind: ProviderEventKind;
  /** The provider's own word, for example `refund_succeeded` or `account.updated`. */
  eventType: string;
  /** The provider's id of the thing itself: payment, refund, account, transfer. */
  objectId: string;
  paymentId?: string;
  status?: string;
  amountMinor?: number;
  currency?: string;
  errorMessage?: string;
  updatedAt?: Date;
  /** The thing as it was sent. */
  object: Record<string, unknown>;
  /** The connected account that a Stripe Connect event is about. */
  account?: string;
  source: 'webhook' | 'poll';
}

/** What a delivery is about, read from its body alone. */
export type ClassifiedEvent = Omit<ProviderEvent, 'webhookEventId' | 'provider' | 'source'>;

/** A signed delivery that can never be applied: stored as `rejected` and answered 400 with `code`. */
export interface RejectedEvent {
  kind: 'rejected';
  code: string;
  message: string;
}

/**
 * What became of an event: `applied` changed something, `ignored` had nothing to change, `unmatched` names
 * something that we do not know yet (retried, then an exception), `contradiction` disagrees with what is
 * settled (its handler has raised the exception).
 */
export type EventOutcome = 'applied' | 'ignored' | 'unmatched' | 'contradiction';

/** Applies one event in a transaction of its own. Called again with the same event it changes nothing. */
export type ProviderEventHandler = (event: ProviderEvent) => Promise<EventOutcome>;

import { createHash } from 'node:crypto';
import { isTooDeep } from '../../../infrastructure/http/index.js';
import { classifyHyperswitchEvent } from './hyperswitch/hyperswitch-dispatch.js';
import type { ClassifiedEvent, RejectedEvent } from './provider-event.js';
import { classifyStripeEvent, isTestModeEvent } from './stripe/stripe-dispatch.js';
import type { WebhookProvider } from './webhooks.types.js';

/** A body as the inbox sees it. */
export interface ReadWebhook {
  /** The provider's own event id, else the SHA-256 of the bytes (07 7.9.23). */
  eventId: string;
  /** The provider says that no real money is meant. */
  isTestMode: boolean;
  event: ClassifiedEvent | RejectedEvent;
}

/** Reads verified bytes. The same bytes always give the same answer, so that a replay is harmless. */
export function readWebhook(provider: WebhookProvider, rawBody: Buffer): ReadWebhook {
  const payload = parseBody(rawBody);
  return {
    eventId: eventIdIn(provider, payload) ?? createHash('sha256').update(rawBody).digest('hex'),
    isTestMode: provider === 'stripe' && isTestModeEvent(payload),
    event: provider === 'stripe' ? classifyStripeEvent(payload) : classifyHyperswitchEvent(payload),
  };
}

/** The JSON of a body; undefined for bytes that are none, or whose depth nothing of ours could walk through. */
export function parseBody(rawBody: Buffer): unknown {
  try {
    const body: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(rawBody));
    return isTooDeep(body) ? undefined : body;
  } catch {
    return undefined;
  }
}

function eventIdIn(provider: WebhookProvider, payload: unknown): string | undefined {
  if (typeof payload !== 'object' || payload === null) return undefined;
  const id = (payload as Record<string, unknown>)[provider === 'stripe' ? 'id' : 'event_id'];
  const isKey = typeof id === 'string' && id !== '' && id.length <= 255 && !id.includes('\0');
  return isKey ? id : undefined;
}

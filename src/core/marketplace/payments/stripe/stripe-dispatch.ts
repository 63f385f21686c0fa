import type { ClassifiedEvent, ProviderEventKind, RejectedEvent } from '../provider-event.js';

type Json = Record<string, unknown>;

/** Says what a verified Stripe event is about (08 2.3, 2.5). */
export function classifyStripeEvent(payload: unknown): ClassifiedEvent | RejectedEvent {
  const event = jsonOf(payload);
  if (event === undefined) {
    return { kind: 'rejected', code: 'WEBHOOK_UNREADABLE', message: 'The body is no object' };
  }
  const object = jsonOf(jsonOf(event.data)?.object);
  if (object === undefined || typeof event.type !== 'string') {
    return { kind: 'rejected', code: 'WEBHOOK_NAMES_NOTHING', message: 'The event names no object' };
  }
  const kind = kindOf(event.type);
  const account = typeof event.account === 'string' ? event.account : undefined;
  // A deauthorisation and a capability carry another object; the account they concern stands beside it.
  const objectId = kind === 'account' && object.object !== 'account' ? account : object.id;
  if (typeof objectId !== 'string' || objectId === '') {
    return { kind: 'rejected', code: 'WEBHOOK_NAMES_NOTHING', message: 'The event names no object' };
  }
  return {
    kind,
    eventType: event.type,
    objectId,
    updatedAt: typeof event.created === 'number' ? new Date(event.created * 1000) : undefined,
    object,
    account,
  };
}

/** True for an event of Stripe's test mode; those reach production endpoints of Connect as well (08 2.3). */
export const isTestModeEvent = (payload: unknown): boolean => jsonOf(payload)?.livemode === false;

function kindOf(type: string): ProviderEventKind {
  if (type.startsWith('account.') || type.startsWith('capability.')) return 'account';
  return type.startsWith('transfer.') ? 'transfer' : 'other';
}

function jsonOf(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}

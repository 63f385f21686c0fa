import type { ClassifiedEvent, RejectedEvent } from '../provider-event.js';
import { integerOf, momentOf, textOf } from './hyperswitch-objects.js';

type Json = Record<string, unknown>;
type Family = 'payment' | 'refund' | 'dispute' | 'other';

const CONTENT_FAMILIES: Readonly<Record<string, Family>> = {
  payment_details: 'payment',
  refund_details: 'refund',
  dispute_details: 'dispute',
};
const ID_FIELDS: Readonly<Record<Exclude<Family, 'other'>, string>> = {
  payment: 'payment_id',
  refund: 'refund_id',
  dispute: 'dispute_id',
};

/**
 * S1's dispatcher for deliveries without `content`: a refund event says "refund" in its type, in any case,
 * or carries a refund id, flat or under `object`. A payment's list of `refunds` does not count (07 7.9.18).
 */
export function isRefundEvent(payload: Json): boolean {
  const eventType = textOf(payload.event_type) ?? '';
  const refundId = textOf(payload.refund_id) ?? textOf(jsonOf(payload.object)?.refund_id);
  return eventType.toLowerCase().includes('refund') || refundId !== undefined;
}

/**
 * Says what a verified delivery is about. Three shapes are read: the real envelope `content.object`, and
 * S1's flat and `object.*` shapes, of which flat fields win.
 */
export function classifyHyperswitchEvent(payload: unknown): ClassifiedEvent | RejectedEvent {
  const delivery = jsonOf(payload);
  if (delivery === undefined)
    return { kind: 'rejected', code: 'WEBHOOK_UNREADABLE', message: 'The body is no object' };
  const eventType = textOf(delivery.event_type) ?? '';
  const content = jsonOf(delivery.content);
  const family = content === undefined ? plainFamilyOf(delivery) : contentFamilyOf(content, eventType);
  const object = content === undefined ? flattened(delivery) : (jsonOf(content.object) ?? {});
  const objectId = family === 'other' ? firstIdOf(object) : textOf(object[ID_FIELDS[family]]);
  if (objectId === undefined) return rejectionOf(family);
  return {
    kind: family,
    eventType,
    objectId,
    paymentId: textOf(object.payment_id),
    status: (textOf(object.status) ?? statusIn(eventType))?.toLowerCase(),
    amountMinor: integerOf(object.amount_received) ?? integerOf(object.amount),
    currency: textOf(object.currency)?.toUpperCase(),
    errorMessage: textOf(object.error_message),
    updatedAt: momentOf(object.updated_at) ?? momentOf(object.updated),
    object,
  };
}

function contentFamilyOf(content: Json, eventType: string): Family {
  const type = textOf(content.type);
  return (type === undefined ? undefined : CONTENT_FAMILIES[type]) ?? familyIn(eventType);
}

function plainFamilyOf(delivery: Json): Family {
  if (isRefundEvent(delivery)) return 'refund';
  const family = familyIn(textOf(delivery.event_type) ?? '');
  return family === 'other' && textOf(flattened(delivery).payment_id) !== undefined ? 'payment' : family;
}

function familyIn(eventType: string): Family {
  const type = eventType.toLowerCase();
  return (['refund', 'dispute', 'payment'] as const).find((family) => type.includes(family)) ?? 'other';
}

function flattened(delivery: Json): Json {
  const nested = jsonOf(delivery.object) ?? {};
  const flat = Object.entries(delivery).filter(([, value]) => value !== undefined && value !== null);
  return { ...nested, ...Object.fromEntries(flat) };
}

/** `refund_succeeded`, `refund.succeeded` and `Payment_Succeeded` carry the status in their last word. */
const statusIn = (eventType: string): string | undefined => /[._]([a-z]+)$/i.exec(eventType)?.[1];

function firstIdOf(object: Json): string | undefined {
  const ids = Object.entries(object).filter(
    ([key]) => key.endsWith('_id') && key !== 'merchant_id' && key !== 'event_id',
  );
  return ids.map(([, value]) => textOf(value)).find((value) => value !== undefined);
}

function rejectionOf(family: Family): RejectedEvent {
  if (family === 'refund') {
    return { kind: 'rejected', code: 'MISSING_REFUND_ID', message: 'The refund event names no refund_id' };
  }
  return { kind: 'rejected', code: 'WEBHOOK_NAMES_NOTHING', message: 'The event names no object' };
}

function jsonOf(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}

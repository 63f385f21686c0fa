import type { ProviderEvent } from '../payments/index.js';
import type { DisputeReport } from './dispute-reducer.js';

/** What a delivery says of a dispute; amount in minor units. */
export interface ReadDispute extends DisputeReport {
  amountMinor?: number;
  currency?: string;
  reason: string | null;
  challengeRequiredBy: Date | null;
}

/**
 * Reads Hyperswitch's dispute object: its amount is a text, unlike every other one, its state is called
 * `dispute_status` and carries a prefix, and its moment of change is the connector's.
 */
export function readDispute({
  object,
  status,
  updatedAt,
  amountMinor,
  currency,
}: ProviderEvent): ReadDispute {
  const { dispute_status: own, amount, connector_reason: reason } = object;
  const word = typeof own === 'string' ? own.toLowerCase() : status;
  return {
    status: word?.replace(/^dispute_/, ''),
    updatedAt: momentOf(object.connector_updated_at) ?? updatedAt,
    amountMinor: amountMinor ?? amountIn(amount),
    currency,
    reason: typeof reason === 'string' && reason !== '' ? reason : null,
    challengeRequiredBy: momentOf(object.challenge_required_by) ?? null,
  };
}

function amountIn(text: unknown): number | undefined {
  if (typeof text !== 'string' || !/^\d{1,15}$/.test(text)) return undefined;
  return Number(text);
}

function momentOf(value: unknown): Date | undefined {
  const moment = new Date(typeof value === 'string' ? value : Number.NaN);
  return Number.isNaN(moment.getTime()) ? undefined : moment;
}

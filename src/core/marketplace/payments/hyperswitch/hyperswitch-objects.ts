import type { ProviderPayment, ProviderRefund } from '../payment-provider.js';
import { ProviderAmbiguous } from '../provider.errors.js';

type Json = Record<string, unknown>;

const REFUND_STATUSES: readonly string[] = ['pending', 'succeeded', 'failed', 'review'];

/** A non-empty text that the database can hold, else undefined. */
export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' && !value.includes('\0') ? value : undefined;

/** A safe integer, else undefined. */
export const integerOf = (value: unknown): number | undefined =>
  Number.isSafeInteger(value) ? (value as number) : undefined;

/** A moment in ISO 8601, else undefined. */
export function momentOf(value: unknown): Date | undefined {
  const moment = new Date(textOf(value) ?? Number.NaN);
  return Number.isNaN(moment.getTime()) ? undefined : moment;
}

/** Reads a payment. @throws ProviderAmbiguous when it is not the payment that was asked for */
export function paymentOf(body: Json, paymentId: string): ProviderPayment {
  const status = textOf(body.status);
  const amountMinor = integerOf(body.amount);
  const currency = textOf(body.currency);
  if (
    body.payment_id !== paymentId ||
    status === undefined ||
    amountMinor === undefined ||
    currency === undefined
  ) {
    throw new ProviderAmbiguous('the answer is not the payment');
  }
  return {
    paymentId,
    status,
    amountMinor,
    amountReceivedMinor: integerOf(body.amount_received),
    currency: currency.toUpperCase(),
    clientSecret: textOf(body.client_secret),
    updatedAt: momentOf(body.updated),
  };
}

/** Reads a refund. @throws ProviderAmbiguous when it is not the refund that was asked for */
export function refundOf(body: Json, refundId: string): ProviderRefund {
  const status = textOf(body.status);
  const amountMinor = integerOf(body.amount);
  const currency = textOf(body.currency);
  const paymentId = textOf(body.payment_id);
  const isRead = amountMinor !== undefined && currency !== undefined && paymentId !== undefined;
  if (body.refund_id !== refundId || status === undefined || !REFUND_STATUSES.includes(status) || !isRead) {
    throw new ProviderAmbiguous('the answer is not the refund');
  }
  return {
    refundId,
    paymentId,
    status: status as ProviderRefund['status'],
    amountMinor,
    currency: currency.toUpperCase(),
    errorCode: textOf(body.error_code),
    errorMessage: textOf(body.error_message),
    updatedAt: momentOf(body.updated_at),
  };
}

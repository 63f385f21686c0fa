import type { Books } from '../books/books.js';
import { newProviderId } from '../books/new-id.js';
import type { PaymentRow, PaymentStatus } from '../books/rows.js';
import { isAmount, isJsonObject, objectOrNull, textOrNull, type JsonObject } from '../http/json-body.js';
import { PAYMENT_FIELDS } from './field-names.js';
import {
  duplicatePayment,
  invalidFormat,
  invalidValue,
  missingParam,
  paymentNotFound,
  unreadableBody,
  wrongPaymentState,
} from './hyperswitch-errors.js';

const DEFAULT_EXPIRY_SECONDS = 900;
const MAX_ID_LENGTH = 64;
const OPEN_STATES: readonly PaymentStatus[] = [
  'requires_payment_method',
  'requires_confirmation',
  'requires_customer_action',
  'requires_capture',
  'processing',
  'review',
];
/** Test card that is declined; every other card succeeds. */
const DECLINED_CARD = '4000000000000002';

export interface PaymentOutcome {
  /** Replaces the amount that was asked for, to play an underpayment (minor units). */
  amountMinor?: number;
  currency?: string;
  errorCode?: string;
  errorMessage?: string;
}

/** Payments as Hyperswitch keeps them. Every change of state is announced through `onChanged`. */
export class Payments {
  constructor(
    private readonly books: Books,
    private readonly onChanged: (row: PaymentRow) => void,
  ) {}

  create(body: JsonObject): PaymentRow {
    for (const name of Object.keys(body)) {
      if (!PAYMENT_FIELDS.has(name)) throw unreadableBody(`unknown field \`${name}\``);
    }
    const { amountMinor, currency } = moneyOf(body);
    const id =
      body['payment_id'] === undefined ? newProviderId('pay', 20) : idOf(body['payment_id'], 'payment_id');
    if (this.books.payments.has(id)) throw duplicatePayment(id);
    const row: PaymentRow = { id, amountMinor, currency, ...orderFields(body), ...openingFields(body) };
    this.books.payments.set(id, row);
    if (body['confirm'] === true) this.confirm(id, body);
    return row;
  }

  get(id: string): PaymentRow {
    const row = this.books.payments.get(id);
    if (!row) throw paymentNotFound();
    return row;
  }

  /** Newest first. */
  list(filter: (row: PaymentRow) => boolean): PaymentRow[] {
    return [...this.books.payments.values()].reverse().filter(filter);
  }

  /** A card decides at once; without one the payment waits as `processing` for the page or the control API. */
  confirm(id: string, body: JsonObject): PaymentRow {
    const row = this.get(id);
    if (
      !['requires_payment_method', 'requires_confirmation', 'requires_customer_action'].includes(row.status)
    ) {
      throw wrongPaymentState('confirm', row.status);
    }
    const number = cardNumberOf(body);
    if (number === DECLINED_CARD) return this.fail(id, {});
    if (number !== null) return this.succeed(id, {});
    return this.move(row, 'processing');
  }

  cancel(id: string, reason: string | null): PaymentRow {
    const row = this.get(id);
    if (!OPEN_STATES.includes(row.status)) throw wrongPaymentState('cancel', row.status);
    row.cancellationReason = reason;
    return this.move(row, 'cancelled');
  }

  /** The money is captured. Allowed after a failure and after expiry: providers do that (08 1.4). */
  succeed(id: string, outcome: PaymentOutcome): PaymentRow {
    const row = this.get(id);
    if (row.status === 'succeeded') return row;
    if (row.status === 'cancelled') throw wrongPaymentState('succeed', row.status);
    row.currency = outcome.currency ?? row.currency;
    row.amountMinor = outcome.amountMinor ?? row.amountMinor;
    row.amountReceivedMinor = row.amountMinor;
    row.connectorTransactionId ??= newProviderId('pi');
    row.errorCode = null;
    row.errorMessage = null;
    return this.move(row, 'succeeded');
  }

  fail(id: string, outcome: PaymentOutcome): PaymentRow {
    const row = this.get(id);
    if (row.status === 'failed') return row;
    if (!OPEN_STATES.includes(row.status)) throw wrongPaymentState('fail', row.status);
    row.connectorTransactionId ??= newProviderId('pi');
    row.errorCode = outcome.errorCode ?? 'card_declined';
    row.errorMessage = outcome.errorMessage ?? 'Your card was declined.';
    return this.move(row, 'failed');
  }

  expire(id: string): PaymentRow {
    const row = this.get(id);
    if (!OPEN_STATES.includes(row.status)) throw wrongPaymentState('expire', row.status);
    return this.move(row, 'expired');
  }

  private move(row: PaymentRow, status: PaymentStatus): PaymentRow {
    row.status = status;
    row.updatedAt = new Date().toISOString();
    this.onChanged(row);
    return row;
  }
}

/** A caller-chosen id: the server takes up to 64 characters (08 1.1). */
export function idOf(value: unknown, name: string): string {
  if (typeof value !== 'string' || value === '' || value.length > MAX_ID_LENGTH) {
    throw invalidFormat(name, `a text of 1 to ${String(MAX_ID_LENGTH)} characters`);
  }
  return value;
}

function moneyOf(body: JsonObject): { amountMinor: number; currency: string } {
  const { amount, currency } = body;
  if (amount === undefined) throw missingParam('amount');
  if (currency === undefined) throw missingParam('currency');
  if (!isAmount(amount)) throw unreadableBody('invalid type: amount must be an integer');
  if (amount <= 0) throw invalidFormat('amount', 'a positive integer');
  if (typeof currency !== 'string' || !/^[A-Z]{3}$/.test(currency)) throw invalidValue('currency');
  return { amountMinor: amount, currency };
}

type OrderFields = Pick<
  PaymentRow,
  | 'customerId'
  | 'description'
  | 'metadata'
  | 'orderReference'
  | 'returnUrl'
  | 'authenticationType'
  | 'hasPaymentLink'
>;

function orderFields(body: JsonObject): OrderFields {
  const { customer, metadata } = body;
  if (metadata !== undefined && metadata !== null && !isJsonObject(metadata)) throw invalidValue('metadata');
  return {
    customerId: textOrNull(body['customer_id'] ?? objectOrNull(customer)?.['id']),
    description: textOrNull(body['description']),
    metadata: objectOrNull(metadata),
    orderReference: textOrNull(body['merchant_order_reference_id']),
    returnUrl: textOrNull(body['return_url']),
    authenticationType: textOrNull(body['authentication_type']),
    hasPaymentLink: body['payment_link'] === true,
  };
}

function openingFields(
  body: JsonObject,
): Omit<PaymentRow, keyof OrderFields | 'id' | 'amountMinor' | 'currency'> {
  const now = new Date();
  const expirySeconds = isAmount(body['session_expiry']) ? body['session_expiry'] : DEFAULT_EXPIRY_SECONDS;
  return {
    amountReceivedMinor: 0,
    status: 'requires_payment_method',
    attemptCount: 1,
    captureMethod: textOrNull(body['capture_method']) ?? 'automatic',
    connectorTransactionId: null,
    cancellationReason: null,
    errorCode: null,
    errorMessage: null,
    createdAt: now.toISOString(),
    updatedAt: now.toISOString(),
    expiresAt: new Date(now.getTime() + expirySeconds * 1000).toISOString(),
  };
}

function cardNumberOf(body: JsonObject): string | null {
  const card = objectOrNull(objectOrNull(body['payment_method_data'])?.['card']);
  return textOrNull(card?.['card_number']);
}

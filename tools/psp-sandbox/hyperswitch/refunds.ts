import type { Books } from '../books/books.js';
import { newProviderId } from '../books/new-id.js';
import type { PaymentRow, RefundRow, RefundStatus } from '../books/rows.js';
import { isAmount, isJsonObject, objectOrNull, textOrNull, type JsonObject } from '../http/json-body.js';
import type { SandboxSettings } from '../settings.js';
import type { Timers } from '../timers.js';
import { REFUND_FIELDS } from './field-names.js';
import {
  duplicateRefund,
  invalidFormat,
  invalidValue,
  missingParam,
  paymentNotFound,
  paymentNotSucceeded,
  refundNotFound,
  refundTooLarge,
  tooManyRefunds,
  unreadableBody,
} from './hyperswitch-errors.js';
import { idOf } from './payments.js';

const MAX_REFUNDS_PER_PAYMENT = 10;
const CONNECTOR_REASONS = ['duplicate', 'fraudulent', 'requested_by_customer'];

export interface RefundFailure {
  errorCode?: string;
  errorMessage?: string;
}

/** Refunds as Hyperswitch keeps them: pending until the connector decides. */
export class Refunds {
  constructor(
    private readonly books: Books,
    private readonly settings: SandboxSettings,
    private readonly timers: Timers,
    private readonly onChanged: (row: RefundRow) => void,
  ) {}

  create(body: JsonObject, origin: RefundRow['origin'] = 'api'): RefundRow {
    assertFields(body);
    const payment = this.books.payments.get(idOf(body['payment_id'], 'payment_id'));
    if (!payment) throw paymentNotFound();
    if (!['succeeded', 'partially_captured'].includes(payment.status)) throw paymentNotSucceeded();
    const amountMinor = amountOf(body, payment);
    const id = body['refund_id'] == null ? newProviderId('ref', 20) : idOf(body['refund_id'], 'refund_id');
    this.assertNew(id, payment, amountMinor);
    const now = new Date().toISOString();
    const row: RefundRow = {
      id,
      paymentId: payment.id,
      amountMinor,
      currency: payment.currency,
      status: 'pending',
      origin,
      reason: textOrNull(body['reason']),
      metadata: objectOrNull(body['metadata']),
      connectorRefundId: newProviderId('re'),
      errorCode: null,
      errorMessage: null,
      createdAt: now,
      updatedAt: now,
    };
    this.books.refunds.set(id, row);
    this.scheduleSettlement(row);
    return row;
  }

  get(id: string): RefundRow {
    const row = this.books.refunds.get(id);
    if (!row) throw refundNotFound();
    return row;
  }

  /** Newest first. */
  list(filter: (row: RefundRow) => boolean): RefundRow[] {
    return [...this.books.refunds.values()].reverse().filter(filter);
  }

  ofPayment(paymentId: string): RefundRow[] {
    return [...this.books.refunds.values()].filter((row) => row.paymentId === paymentId);
  }

  succeed(id: string): RefundRow {
    const row = this.get(id);
    row.errorCode = null;
    row.errorMessage = null;
    return this.move(row, 'succeeded');
  }

  /** Also after a success: a bank can send the money back days later (08 3.1). */
  fail(id: string, failure: RefundFailure): RefundRow {
    const row = this.get(id);
    row.errorCode = failure.errorCode ?? 'expired_or_canceled_card';
    row.errorMessage = failure.errorMessage ?? 'The card has expired or was cancelled.';
    return this.move(row, 'failed');
  }

  /** A person at the provider looks at it; no event is sent (08 0.4). */
  review(id: string): RefundRow {
    return this.move(this.get(id), 'review');
  }

  /** Goes on with the refunds of an earlier run. */
  resume(): void {
    for (const row of this.books.refunds.values()) this.scheduleSettlement(row);
  }

  private move(row: RefundRow, status: RefundStatus): RefundRow {
    if (row.status === status) return row;
    row.status = status;
    row.updatedAt = new Date().toISOString();
    this.onChanged(row);
    return row;
  }

  private scheduleSettlement(row: RefundRow): void {
    const { autoSettleMs } = this.settings;
    if (autoSettleMs === null || row.status !== 'pending') return;
    this.timers.after(autoSettleMs, () => {
      if (row.status === 'pending') this.succeed(row.id);
      this.books.save();
    });
  }

  private assertNew(id: string, payment: PaymentRow, amountMinor: number): void {
    const isKnown = this.books.refunds.has(id);
    if (isKnown && this.settings.hyperswitchDialect === 'document') throw duplicateRefund();
    const others = this.ofPayment(payment.id);
    const takenMinor = others
      .filter((row) => row.status !== 'failed')
      .reduce((sum, row) => sum + row.amountMinor, 0);
    if (takenMinor + amountMinor > payment.amountReceivedMinor) throw refundTooLarge();
    if (others.length >= MAX_REFUNDS_PER_PAYMENT) throw tooManyRefunds();
    if (isKnown) throw duplicateRefund();
  }
}

function assertFields(body: JsonObject): void {
  for (const name of Object.keys(body)) {
    if (!REFUND_FIELDS.has(name)) throw unreadableBody(`unknown field \`${name}\``);
  }
  if (body['payment_id'] === undefined) throw missingParam('payment_id');
  const { reason, metadata } = body;
  if (reason != null && (typeof reason !== 'string' || !CONNECTOR_REASONS.includes(reason))) {
    throw invalidValue('reason');
  }
  if (metadata != null && !isJsonObject(metadata)) throw invalidValue('metadata');
}

function amountOf(body: JsonObject, payment: PaymentRow): number {
  const amount = body['amount'] ?? payment.amountReceivedMinor;
  if (!isAmount(amount)) throw unreadableBody('invalid type: amount must be an integer');
  if (amount <= 0) throw invalidFormat('amount', 'a positive integer');
  return amount;
}

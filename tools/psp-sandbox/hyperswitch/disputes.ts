import type { Books } from '../books/books.js';
import { newProviderId } from '../books/new-id.js';
import type { DisputeRow, DisputeStatus } from '../books/rows.js';
import {
  disputeNotFound,
  disputeTooLarge,
  paymentNotFound,
  paymentNotSucceeded,
  wrongDisputeState,
} from './hyperswitch-errors.js';

const DAYS_TO_CHALLENGE = 7;
const DAY_MS = 24 * 3600 * 1000;
/** A dispute that has ended so stays as it is. */
const ENDED: readonly DisputeStatus[] = [
  'dispute_expired',
  'dispute_accepted',
  'dispute_cancelled',
  'dispute_won',
  'dispute_lost',
];

export interface DisputeOpening {
  /** Without it, all that was captured (minor units). */
  amountMinor?: number;
  reason?: string;
}

/** Chargebacks as Hyperswitch reports them: the bank decides, nobody asks for one through the API. */
export class Disputes {
  constructor(
    private readonly books: Books,
    private readonly onChanged: (row: DisputeRow) => void,
  ) {}

  /** The buyer's bank takes the money back for the time being. */
  open(paymentId: string, { amountMinor, reason }: DisputeOpening): DisputeRow {
    const payment = this.books.payments.get(paymentId);
    if (!payment) throw paymentNotFound();
    if (payment.status !== 'succeeded') throw paymentNotSucceeded();
    const amount = amountMinor ?? payment.amountReceivedMinor;
    if (amount > payment.amountReceivedMinor) throw disputeTooLarge();
    const now = new Date();
    const row: DisputeRow = {
      id: newProviderId('dp', 20),
      paymentId,
      amountMinor: amount,
      currency: payment.currency,
      status: 'dispute_opened',
      reason: reason ?? 'fraudulent',
      connectorDisputeId: newProviderId('du'),
      challengeRequiredBy: new Date(now.getTime() + DAYS_TO_CHALLENGE * DAY_MS).toISOString(),
      createdAt: now.toISOString(),
      updatedAt: now.toISOString(),
    };
    this.books.disputes.set(row.id, row);
    this.onChanged(row);
    return row;
  }

  /** Moves a dispute that is opened or challenged; the same again changes nothing. */
  move(id: string, status: DisputeStatus): DisputeRow {
    const row = this.books.disputes.get(id);
    if (!row) throw disputeNotFound();
    if (row.status === status) return row;
    if (ENDED.includes(row.status) || status === 'dispute_opened') throw wrongDisputeState(row.status);
    row.status = status;
    row.updatedAt = new Date().toISOString();
    this.onChanged(row);
    return row;
  }

  ofPayment(paymentId: string): DisputeRow[] {
    return [...this.books.disputes.values()].filter((row) => row.paymentId === paymentId);
  }
}

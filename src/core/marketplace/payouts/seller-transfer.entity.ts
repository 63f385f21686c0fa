import { Column, Entity, PrimaryColumn } from 'typeorm';
import { bigintTransformer } from '../../../infrastructure/database/index.js';
import type { FailureClass } from './transfer-retry-policy.js';
import type { TransferStatus } from './transfer-states.js';

const timestamp = { type: 'timestamptz', precision: 3 } as const;
const money = { type: 'bigint', transformer: bigintTransformer } as const;

/** What one seller gets of one order; amounts in minor units (07 7.9.9). */
@Entity('seller_transfers')
export class SellerTransfer {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'seller_transfers_pk' })
  id: string;

  @Column({ type: 'uuid', name: 'order_id' })
  orderId: string;

  @Column({ type: 'uuid', name: 'seller_id' })
  sellerId: string;

  /** 1 for the sale itself; more for what is paid again. */
  @Column({ type: 'integer', default: 1 })
  sequence: number;

  @Column({ type: 'char', length: 3 })
  currency: string;

  /** What the sale earned; `amount` + `withheld` + `reduced` once it was claimed. */
  @Column({ ...money, name: 'net_amount' })
  netAmount: number;

  @Column({ ...money, name: 'platform_fee' })
  platformFee: number;

  /** What is sent: min(net - reduced, what the seller is owed); null before the first claim. */
  @Column({ ...money, nullable: true })
  amount: number | null;

  /** What paid the seller's debt instead. */
  @Column({ ...money, default: 0 })
  withheld: number;

  /** Net taken away before it was sent. */
  @Column({ ...money, default: 0 })
  reduced: number;

  /** Net taken away since it was sent; of it, the share of `amount` is asked back. */
  @Column({ ...money, name: 'taken_back', default: 0 })
  takenBack: number;

  @Column({ ...money, name: 'amount_reversed', default: 0 })
  amountReversed: number;

  /** What need not be asked back any more, because later sales repaid it (ADR 6). */
  @Column({ ...money, default: 0 })
  recovered: number;

  @Column({ type: 'text' })
  status: TransferStatus;

  @Column({ type: 'text', name: 'stripe_transfer_id', nullable: true })
  stripeTransferId: string | null;

  /** Destination of the present attempt; one key never gets two (08 2.2). */
  @Column({ type: 'text', name: 'stripe_account_id', nullable: true })
  stripeAccountId: string | null;

  /** Part of the idempotency key; rises only after a definite refusal (08 finding 7). */
  @Column({ type: 'integer', name: 'attempt_epoch', default: 0 })
  attemptEpoch: number;

  @Column({ type: 'uuid', name: 'claim_id', nullable: true })
  claimId: string | null;

  /** By the database's clock. */
  @Column({ ...timestamp, name: 'lease_until', nullable: true })
  leaseUntil: Date | null;

  /** The provider may have it or not: look it up before anything else. */
  @Column({ type: 'boolean', name: 'outcome_unknown', default: false })
  outcomeUnknown: boolean;

  @Column({ type: 'text', name: 'failure_class', nullable: true })
  failureClass: FailureClass | null;

  @Column({ type: 'text', name: 'failure_code', nullable: true })
  failureCode: string | null;

  @Column({ type: 'text', name: 'error_message', nullable: true })
  errorMessage: string | null;

  @Column({ type: 'integer', name: 'failure_streak', default: 0 })
  failureStreak: number;

  @Column({ type: 'integer', name: 'definite_failures', default: 0 })
  definiteFailures: number;

  @Column({ type: 'integer', name: 'retry_count', default: 0 })
  retryCount: number;

  @Column({ ...timestamp, name: 'next_retry_at', nullable: true })
  nextRetryAt: Date | null;

  @Column({ ...timestamp, name: 'last_sent_at', nullable: true })
  lastSentAt: Date | null;

  /** When something was first sent under the present key (08 finding 7). */
  @Column({ ...timestamp, name: 'key_first_sent_at', nullable: true })
  keyFirstSentAt: Date | null;

  /** The end of TRANSFER_HOLD_DAYS; null when it was due at once. */
  @Column({ ...timestamp, name: 'hold_until', nullable: true })
  holdUntil: Date | null;

  @Column({ ...timestamp, name: 'unknown_since', nullable: true })
  unknownSince: Date | null;

  /** Since when the platform's own balance has been too short for it. */
  @Column({ ...timestamp, name: 'short_since', nullable: true })
  shortSince: Date | null;

  /** It stayed open beyond its limit and is on the exceptions list. */
  @Column({ ...timestamp, name: 'overdue_reported_at', nullable: true })
  overdueReportedAt: Date | null;

  @Column({ ...timestamp, name: 'completed_at', nullable: true })
  completedAt: Date | null;

  @Column({ ...timestamp, name: 'reversed_at', nullable: true })
  reversedAt: Date | null;

  @Column({ ...timestamp, name: 'created_at' })
  createdAt: Date;

  @Column({ ...timestamp, name: 'updated_at' })
  updatedAt: Date;
}

import { Column, Entity, PrimaryColumn } from 'typeorm';
import { bigintTransformer } from '../../../infrastructure/database/index.js';
import type { PayoutCause } from './payout-cause.js';
import type { FailureClass } from './transfer-retry-policy.js';

/** `failed` is tried again; `succeeded` only with the provider's `trr_` id (07 7.9.6). */
export type ReversalStatus = 'pending' | 'succeeded' | 'failed' | 'canceled';

const timestamp = { type: 'timestamptz', precision: 3 } as const;

/** The taking back of a transfer, or of a part of it, that had left; amount in minor units. */
@Entity('transfer_reversals')
export class TransferReversal {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'transfer_reversals_pk' })
  id: string;

  @Column({ type: 'uuid', name: 'transfer_id' })
  transferId: string;

  @Column({ type: 'text', name: 'cause_kind' })
  causeKind: PayoutCause['kind'];

  @Column({ type: 'uuid', name: 'cause_id' })
  causeId: string;

  @Column({ type: 'bigint', transformer: bigintTransformer })
  amount: number;

  @Column({ type: 'text' })
  status: ReversalStatus;

  @Column({ type: 'text', name: 'stripe_reversal_id', nullable: true })
  stripeReversalId: string | null;

  /** Part of the idempotency key; rises only after a definite refusal. */
  @Column({ type: 'integer', default: 0 })
  epoch: number;

  @Column({ type: 'uuid', name: 'claim_id', nullable: true })
  claimId: string | null;

  @Column({ ...timestamp, name: 'lease_until', nullable: true })
  leaseUntil: Date | null;

  @Column({ type: 'boolean', name: 'outcome_unknown', default: false })
  outcomeUnknown: boolean;

  @Column({ type: 'integer', default: 0 })
  attempts: number;

  @Column({ type: 'integer', name: 'failure_streak', default: 0 })
  failureStreak: number;

  @Column({ type: 'text', name: 'failure_class', nullable: true })
  failureClass: FailureClass | null;

  @Column({ type: 'text', name: 'failure_code', nullable: true })
  failureCode: string | null;

  @Column({ type: 'text', name: 'error_message', nullable: true })
  errorMessage: string | null;

  @Column({ ...timestamp, name: 'key_first_sent_at', nullable: true })
  keyFirstSentAt: Date | null;

  @Column({ ...timestamp, name: 'unknown_since', nullable: true })
  unknownSince: Date | null;

  @Column({ ...timestamp, name: 'overdue_reported_at', nullable: true })
  overdueReportedAt: Date | null;

  @Column({ ...timestamp, name: 'next_retry_at', nullable: true })
  nextRetryAt: Date | null;

  @Column({ ...timestamp, name: 'succeeded_at', nullable: true })
  succeededAt: Date | null;

  @Column({ ...timestamp, name: 'created_at' })
  createdAt: Date;

  @Column({ ...timestamp, name: 'updated_at' })
  updatedAt: Date;
}

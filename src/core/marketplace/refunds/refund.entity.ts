import { Column, Entity, PrimaryColumn } from 'typeorm';
import { bigintTransformer } from '../../../infrastructure/database/index.js';
import type { RefundStatus } from './refund-states.js';

const timestamp = { type: 'timestamptz', precision: 3 } as const;

/** Who opened it: a person here, the provider's dashboard, or a rule of ours. */
export type RefundOrigin = 'request' | 'external' | 'automatic';

/** What ended it; the synchronous answer of the provider never does, except for a definite refusal. */
export type RefundSettledBy = 'webhook' | 'poll' | 'refusal' | 'admin';

/** Money on its way back to a buyer; amount in minor units (S1). */
@Entity('refunds')
export class Refund {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'refunds_pk' })
  id: string;

  @Column({ type: 'uuid', name: 'order_id' })
  orderId: string;

  @Column({ type: 'uuid', name: 'initiator_id', nullable: true })
  initiatorId: string | null;

  @Column({ type: 'text', default: 'request' })
  origin: RefundOrigin;

  @Column({ type: 'text', name: 'psp_payment_id' })
  pspPaymentId: string;

  /** `ref_` and a lower-case ULID, known before the provider is called (07 7.9.1). */
  @Column({ type: 'text', name: 'psp_refund_id', nullable: true })
  pspRefundId: string | null;

  @Column({ type: 'bigint', transformer: bigintTransformer })
  amount: number;

  @Column({ type: 'char', length: 3 })
  currency: string;

  /** The items it was asked for; null for an amount or a whole order (07 7.9.7). */
  @Column({ type: 'uuid', name: 'item_ids', array: true, nullable: true })
  itemIds: string[] | null;

  @Column({ type: 'text', nullable: true })
  reason: string | null;

  @Column({ type: 'text' })
  status: RefundStatus;

  /** What the provider's synchronous answer said; information only (07 7.9.3). */
  @Column({ type: 'text', name: 'sync_status', nullable: true })
  syncStatus: string | null;

  @Column({ ...timestamp, name: 'psp_ack_at', nullable: true })
  pspAckAt: Date | null;

  /** Since when nobody knows whether the provider has it. */
  @Column({ ...timestamp, name: 'unknown_since', nullable: true })
  unknownSince: Date | null;

  @Column({ ...timestamp, name: 'review_since', nullable: true })
  reviewSince: Date | null;

  /** The provider said the opposite after it was settled (07 7.9.17). */
  @Column({ ...timestamp, name: 'contradicted_at', nullable: true })
  contradictedAt: Date | null;

  @Column({ type: 'text', name: 'settled_by', nullable: true })
  settledBy: RefundSettledBy | null;

  @Column({ type: 'text', name: 'failure_code', nullable: true })
  failureCode: string | null;

  /** What its initiator asked for it with; a repeated request finds it again (07 7.9.15). */
  @Column({ type: 'varchar', length: 255, name: 'idempotency_key', nullable: true })
  idempotencyKey: string | null;

  @Column({ type: 'text', name: 'error_message', nullable: true })
  errorMessage: string | null;

  @Column({ ...timestamp, name: 'succeeded_at', nullable: true })
  succeededAt: Date | null;

  @Column({ ...timestamp, name: 'failed_at', nullable: true })
  failedAt: Date | null;

  /** When the provider is asked next, while it is pending (REFUND_SWEEP_STEPS). */
  @Column({ ...timestamp, name: 'next_check_at', nullable: true })
  nextCheckAt: Date | null;

  /** The provider's time of the report that counts; an older one changes nothing (08 1.5). */
  @Column({ ...timestamp, name: 'provider_updated_at', nullable: true })
  providerUpdatedAt: Date | null;

  @Column({ ...timestamp, name: 'created_at' })
  createdAt: Date;

  @Column({ ...timestamp, name: 'updated_at' })
  updatedAt: Date;
}

import { Column, Entity, PrimaryColumn } from 'typeorm';
import { bigintTransformer } from '../../../infrastructure/database/index.js';
import type { OrderStatus } from './order-states.js';

/** A row of `orders`; amounts in minor units. */
@Entity('orders')
export class OrderEntity {
  @PrimaryColumn('uuid')
  id: string;

  @Column('uuid', { name: 'buyer_id' })
  buyerId: string;

  @Column('text')
  status: OrderStatus;

  @Column('text', { name: 'status_before_refund', nullable: true })
  statusBeforeRefund: OrderStatus | null;

  @Column('bigint', { name: 'total_amount', transformer: bigintTransformer })
  totalAmountMinor: number;

  @Column('bigint', { name: 'refunded_amount', transformer: bigintTransformer, default: 0 })
  refundedAmountMinor: number;

  @Column('char', { length: 3 })
  currency: string;

  /** What was paid although nothing could be sold for it; with its own currency, which may be another. */
  @Column('bigint', { name: 'unfulfilled_amount', transformer: bigintTransformer, nullable: true })
  unfulfilledAmountMinor: number | null;

  @Column('char', { name: 'unfulfilled_currency', length: 3, nullable: true })
  unfulfilledCurrency: string | null;

  @Column('varchar', { name: 'discount_code', length: 32, nullable: true })
  discountCode: string | null;

  @Column('text', { name: 'psp_payment_id', nullable: true })
  pspPaymentId: string | null;

  @Column('text', { name: 'payment_status', nullable: true })
  paymentStatus: string | null;

  @Column('timestamptz', { name: 'payment_updated_at', nullable: true })
  paymentUpdatedAt: Date | null;

  @Column('text', { name: 'failure_code', nullable: true })
  failureCode: string | null;

  @Column('varchar', { name: 'idempotency_key', length: 255, nullable: true })
  idempotencyKey: string | null;

  @Column('timestamptz', { name: 'refund_deadline', nullable: true })
  refundDeadline: Date | null;

  @Column('timestamptz', { name: 'completed_at', nullable: true })
  completedAt: Date | null;

  @Column('timestamptz', { name: 'disputed_at', nullable: true })
  disputedAt: Date | null;

  @Column('timestamptz', { name: 'receipt_queued_at', nullable: true })
  receiptQueuedAt: Date | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt: Date;
}

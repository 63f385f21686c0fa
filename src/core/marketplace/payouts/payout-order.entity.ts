import { Column, Entity, PrimaryColumn } from 'typeorm';

/**
 * The root of all transfers of one order. It exists from the first of "completed", "refund requested" and
 * "refunded", so that whichever is delivered late finds what the others said.
 */
@Entity('payout_orders')
export class PayoutOrder {
  @PrimaryColumn({ type: 'uuid', name: 'order_id', primaryKeyConstraintName: 'payout_orders_pk' })
  orderId: string;

  /** A refund is in progress: nothing of this order is sent. */
  @Column({ type: 'timestamptz', precision: 3, name: 'held_at', nullable: true })
  heldAt: Date | null;

  /** Nothing of it is left to send. */
  @Column({ type: 'timestamptz', precision: 3, name: 'refunded_at', nullable: true })
  refundedAt: Date | null;

  /** A dispute is open: nothing of this order is sent. */
  @Column({ type: 'timestamptz', precision: 3, name: 'frozen_at', nullable: true })
  frozenAt: Date | null;

  /** Net amounts by seller, in minor units, that were taken back before the transfers were opened. */
  @Column({ type: 'jsonb', name: 'early_take_backs', default: {} })
  earlyTakeBacks: Record<string, number>;

  @Column({ type: 'timestamptz', precision: 3, name: 'opened_at', nullable: true })
  openedAt: Date | null;
}

import { Column, Entity, PrimaryColumn } from 'typeorm';
import { bigintTransformer } from '../../../infrastructure/database/index.js';

/** A row of `discount_codes`; amounts in minor units. */
@Entity('discount_codes')
export class DiscountCodeEntity {
  @PrimaryColumn('uuid')
  id: string;

  @Column('uuid', { name: 'seller_id' })
  sellerId: string;

  @Column('varchar', { length: 32 })
  code: string;

  @Column('integer', { name: 'percent_bps', nullable: true })
  percentBps: number | null;

  @Column('bigint', { name: 'amount', transformer: bigintTransformer, nullable: true })
  amountMinor: number | null;

  @Column('char', { length: 3, nullable: true })
  currency: string | null;

  @Column('uuid', { name: 'product_ids', array: true })
  productIds: string[];

  @Column('bigint', { name: 'min_order_amount', transformer: bigintTransformer, nullable: true })
  minOrderAmountMinor: number | null;

  @Column('integer', { name: 'max_uses', nullable: true })
  maxUses: number | null;

  @Column('integer', { name: 'max_uses_per_buyer', nullable: true })
  maxUsesPerBuyer: number | null;

  @Column('timestamptz', { name: 'starts_at', nullable: true })
  startsAt: Date | null;

  @Column('timestamptz', { name: 'ends_at', nullable: true })
  endsAt: Date | null;

  @Column('integer')
  uses: number;

  @Column('timestamptz', { name: 'archived_at', nullable: true })
  archivedAt: Date | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt: Date;
}

import { Column, Entity, PrimaryColumn } from 'typeorm';
import { bigintTransformer } from '../../../infrastructure/database/index.js';
import type { LicenseType, ProductType } from '../products/index.js';

/** A row of `order_items`: written once; only what was given back of it changes. */
@Entity('order_items')
export class OrderItemEntity {
  @PrimaryColumn('uuid')
  id: string;

  @Column('uuid', { name: 'order_id' })
  orderId: string;

  @Column('integer')
  position: number;

  @Column('uuid', { name: 'product_id' })
  productId: string;

  @Column('uuid', { name: 'seller_id' })
  sellerId: string;

  @Column('varchar', { length: 200 })
  title: string;

  @Column('text', { name: 'product_type' })
  productType: ProductType;

  @Column('text', { name: 'license_type' })
  licenseType: LicenseType;

  @Column('uuid', { name: 'track_ids', array: true })
  trackIds: string[];

  @Column('bigint', { name: 'list_price', transformer: bigintTransformer })
  listPriceMinor: number;

  @Column('bigint', { name: 'discount', transformer: bigintTransformer })
  discountMinor: number;

  @Column('bigint', { name: 'requested_amount', transformer: bigintTransformer, nullable: true })
  requestedAmountMinor: number | null;

  @Column('bigint', { name: 'unit_price', transformer: bigintTransformer })
  unitPriceMinor: number;

  @Column('bigint', { name: 'platform_fee', transformer: bigintTransformer })
  platformFeeMinor: number;

  @Column('bigint', { name: 'net_amount', transformer: bigintTransformer })
  netAmountMinor: number;

  @Column('bigint', { name: 'given_fee', transformer: bigintTransformer, default: 0 })
  givenFeeMinor: number;

  @Column('bigint', { name: 'given_net', transformer: bigintTransformer, default: 0 })
  givenNetMinor: number;
}

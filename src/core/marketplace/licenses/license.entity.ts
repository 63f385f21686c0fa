import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { LicenseType, ProductType } from '../products/index.js';
import type { LicenseStatus } from './license.types.js';

/** A row of `licenses`. */
@Entity('licenses')
export class LicenseEntity {
  @PrimaryColumn('uuid')
  id: string;

  @Column('uuid', { name: 'order_id' })
  orderId: string;

  @Column('uuid', { name: 'order_item_id' })
  orderItemId: string;

  @Column('uuid', { name: 'buyer_id' })
  buyerId: string;

  @Column('uuid', { name: 'product_id' })
  productId: string;

  @Column('varchar', { name: 'product_title', length: 200 })
  productTitle: string;

  @Column('text', { name: 'product_type' })
  productType: ProductType;

  @Column('text', { name: 'license_type' })
  licenseType: LicenseType;

  @Column('text')
  status: LicenseStatus;

  @Column('text', { name: 'revoke_reason', nullable: true })
  revokeReason: string | null;

  @Column('timestamptz', { name: 'revoked_at', nullable: true })
  revokedAt: Date | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;
}

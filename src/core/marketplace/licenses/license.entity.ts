import { Column, Entity, PrimaryColumn } from 'typeorm';
import { bigintTransformer } from '../../../infrastructure/database/index.js';
import type { LicenseTerms, LicenseType, ProductType } from '../products/index.js';
import type { LicenseStatus } from './license.types.js';

/** A row of `licenses`. */
@Entity('licenses')
export class LicenseEntity {
  @PrimaryColumn('uuid')
  id: string;

  @Column('varchar', { length: 17 })
  number: string;

  @Column('uuid', { name: 'order_id' })
  orderId: string;

  @Column('uuid', { name: 'order_item_id' })
  orderItemId: string;

  @Column('uuid', { name: 'buyer_id' })
  buyerId: string;

  @Column('uuid', { name: 'seller_id' })
  sellerId: string;

  @Column('uuid', { name: 'product_id' })
  productId: string;

  @Column('varchar', { name: 'product_title', length: 200 })
  productTitle: string;

  @Column('text', { name: 'product_type' })
  productType: ProductType;

  @Column('text', { name: 'license_type' })
  licenseType: LicenseType;

  @Column('jsonb', { nullable: true })
  terms: LicenseTerms | null;

  @Column('bigint', { name: 'price', transformer: bigintTransformer })
  priceMinor: number;

  @Column('char', { length: 3 })
  currency: string;

  @Column('text')
  status: LicenseStatus;

  @Column('text', { name: 'revoke_reason', nullable: true })
  revokeReason: string | null;

  @Column('timestamptz', { name: 'revoked_at', nullable: true })
  revokedAt: Date | null;

  @Column('integer', { name: 'download_count' })
  downloadCount: number;

  @Column('timestamptz', { name: 'last_downloaded_at', nullable: true })
  lastDownloadedAt: Date | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;
}

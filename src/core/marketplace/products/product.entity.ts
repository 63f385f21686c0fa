import { Column, Entity, PrimaryColumn } from 'typeorm';
import { bigintTransformer } from '../../../infrastructure/database/index.js';
import type { LicenseType, Pricing, ProductStatus, ProductType } from './product.types.js';

/** A row of `products`; prices in minor units. */
@Entity('products')
export class ProductEntity {
  @PrimaryColumn('uuid')
  id: string;

  @Column('uuid', { name: 'seller_id' })
  sellerId: string;

  @Column('varchar', { length: 200 })
  title: string;

  @Column('varchar', { length: 5000 })
  description: string;

  @Column('text', { name: 'product_type' })
  productType: ProductType;

  @Column('bigint', { name: 'price', transformer: bigintTransformer })
  priceMinor: number;

  @Column('text')
  pricing: Pricing;

  @Column('bigint', { name: 'suggested_price', transformer: bigintTransformer, nullable: true })
  suggestedPriceMinor: number | null;

  @Column('char', { length: 3 })
  currency: string;

  @Column('text', { name: 'license_type' })
  licenseType: LicenseType;

  @Column('text')
  status: ProductStatus;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt: Date;
}

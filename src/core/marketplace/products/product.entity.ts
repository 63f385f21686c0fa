import { Column, Entity, PrimaryColumn } from 'typeorm';
import { bigintTransformer } from '../../../infrastructure/database/index.js';
import type { LicenseType, ProductStatus, ProductType } from './product.types.js';

/** A row of `products`; the price in minor units. */
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

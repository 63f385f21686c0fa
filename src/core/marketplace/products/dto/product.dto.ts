import { ApiProperty } from '@nestjs/swagger';
import { termsOfProduct } from '../license-terms.js';
import { LICENSE_TYPES, PRICINGS, PRODUCT_STATUSES, PRODUCT_TYPES, type Product } from '../product.types.js';
import { LicenseTermsDto } from './license-terms.dto.js';

/** What is offered. */
export class ProductDto {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ format: 'uuid' })
  seller_id: string;

  @ApiProperty()
  title: string;

  @ApiProperty()
  description: string;

  @ApiProperty({ enum: PRODUCT_TYPES })
  product_type: string;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'Of a product of type track' })
  track_id: string | null;

  @ApiProperty({ type: [String], format: 'uuid' })
  track_ids: string[];

  @ApiProperty({ type: 'integer', description: 'Minor units; 0 is free' })
  price: number;

  @ApiProperty({ enum: PRICINGS, description: 'minimum: the buyer pays the price or more' })
  pricing: string;

  @ApiProperty({ type: 'integer', nullable: true, description: 'Minor units' })
  suggested_price: number | null;

  @ApiProperty({ example: 'EUR' })
  currency: string;

  @ApiProperty({ enum: LICENSE_TYPES })
  license_type: string;

  @ApiProperty({
    type: LicenseTermsDto,
    nullable: true,
    description: 'Null for a service: it licenses no recording',
  })
  license_terms: LicenseTermsDto | null;

  @ApiProperty({ enum: PRODUCT_STATUSES })
  status: string;

  @ApiProperty({ format: 'date-time' })
  created_at: string;

  @ApiProperty({ format: 'date-time' })
  updated_at: string;

  static of(product: Product): ProductDto {
    const terms = termsOfProduct(product);
    return {
      id: product.id,
      seller_id: product.sellerId,
      title: product.title,
      description: product.description,
      product_type: product.productType,
      track_id: product.productType === 'track' ? (product.trackIds[0] ?? null) : null,
      track_ids: product.trackIds,
      price: product.priceMinor,
      pricing: product.pricing,
      suggested_price: product.suggestedPriceMinor,
      currency: product.currency,
      license_type: product.licenseType,
      license_terms: terms && LicenseTermsDto.of(terms),
      status: product.status,
      created_at: product.createdAt.toISOString(),
      updated_at: product.updatedAt.toISOString(),
    };
  }
}

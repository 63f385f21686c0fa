import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { Omittable } from '../../../../infrastructure/http/index.js';
import type { LicenseType, Pricing, ProductContent, ProductType } from '../product.types.js';
import {
  AreTrackIds,
  IsCurrency,
  IsDescription,
  IsLicenseType,
  IsOfferStatus,
  IsPrice,
  IsPricing,
  IsProductType,
  IsSuggestedPrice,
  IsTitle,
  IsTrackId,
} from './product-fields.js';

/** A new offer (01 1.5). */
export class CreateProductDto {
  @IsTitle()
  title: string;

  @ApiPropertyOptional({ default: '' })
  @Omittable()
  @IsDescription()
  description = '';

  @IsProductType()
  product_type: ProductType;

  @ApiPropertyOptional({ nullable: true })
  @IsOptional()
  @IsTrackId()
  track_id?: string | null;

  @ApiPropertyOptional({ nullable: true })
  @IsOptional()
  @AreTrackIds()
  track_ids?: string[] | null;

  @IsPrice()
  price: number;

  @ApiPropertyOptional({ default: 'fixed' })
  @Omittable()
  @IsPricing()
  pricing: Pricing = 'fixed';

  @ApiPropertyOptional({ nullable: true })
  @IsOptional()
  @IsSuggestedPrice()
  suggested_price?: number | null;

  @ApiPropertyOptional({ default: 'EUR' })
  @Omittable()
  @IsCurrency()
  currency = 'EUR';

  @ApiPropertyOptional({ default: 'basic' })
  @Omittable()
  @IsLicenseType()
  license_type: LicenseType = 'basic';

  @ApiPropertyOptional({ default: 'active' })
  @Omittable()
  @IsOfferStatus()
  status: 'draft' | 'active' = 'active';

  /** The request in the words of the service. */
  static contentOf(dto: CreateProductDto): ProductContent {
    return {
      title: dto.title,
      description: dto.description,
      productType: dto.product_type,
      trackIds: trackIdsOf(dto) ?? [],
      priceMinor: dto.price,
      pricing: dto.pricing,
      suggestedPriceMinor: dto.suggested_price ?? null,
      currency: dto.currency,
      licenseType: dto.license_type,
      status: dto.status,
    };
  }
}

/** The tracks that a request names under either name; undefined when it names none. */
export function trackIdsOf(dto: {
  track_id?: string | null;
  track_ids?: string[] | null;
}): string[] | undefined {
  if (dto.track_id == null) return dto.track_ids?.map((id) => id.toLowerCase());
  return [...new Set([dto.track_id, ...(dto.track_ids ?? [])].map((id) => id.toLowerCase()))];
}

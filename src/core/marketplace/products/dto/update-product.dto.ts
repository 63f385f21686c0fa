import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { Omittable } from '../../../../infrastructure/http/index.js';
import type { LicenseType, Pricing, ProductContent, ProductType } from '../product.types.js';
import { trackIdsOf } from './create-product.dto.js';
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

/** What to change; absent fields stay as they are. */
export class UpdateProductDto {
  @ApiPropertyOptional()
  @Omittable()
  @IsTitle()
  title?: string;

  @ApiPropertyOptional()
  @Omittable()
  @IsDescription()
  description?: string;

  @ApiPropertyOptional()
  @Omittable()
  @IsProductType()
  product_type?: ProductType;

  @ApiPropertyOptional({ nullable: true })
  @IsOptional()
  @IsTrackId()
  track_id?: string | null;

  @ApiPropertyOptional({ nullable: true })
  @IsOptional()
  @AreTrackIds()
  track_ids?: string[] | null;

  @ApiPropertyOptional()
  @Omittable()
  @IsPrice()
  price?: number;

  @ApiPropertyOptional()
  @Omittable()
  @IsPricing()
  pricing?: Pricing;

  @ApiPropertyOptional({ nullable: true })
  @IsOptional()
  @IsSuggestedPrice()
  suggested_price?: number | null;

  @ApiPropertyOptional()
  @Omittable()
  @IsCurrency()
  currency?: string;

  @ApiPropertyOptional()
  @Omittable()
  @IsLicenseType()
  license_type?: LicenseType;

  @ApiPropertyOptional()
  @Omittable()
  @IsOfferStatus()
  status?: 'draft' | 'active';

  /** The fields that were sent, in the words of the service. */
  static changesOf(dto: UpdateProductDto): Partial<ProductContent> {
    const changes = {
      title: dto.title,
      description: dto.description,
      productType: dto.product_type,
      trackIds: trackIdsOf(dto) ?? (dto.product_type === 'service' ? [] : undefined),
      priceMinor: dto.price,
      pricing: dto.pricing,
      suggestedPriceMinor: dto.suggested_price ?? (dto.pricing === 'fixed' ? null : dto.suggested_price),
      currency: dto.currency,
      licenseType: dto.license_type,
      status: dto.status,
    };
    return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
  }
}

import { IsOptional } from 'class-validator';
import type { LicenseType, ProductContent, ProductType } from '../product.types.js';
import { trackIdsOf } from './create-product.dto.js';
import {
  AreTrackIds,
  IsCurrency,
  IsDescription,
  IsLicenseType,
  IsOfferStatus,
  IsPrice,
  IsProductType,
  IsTitle,
  IsTrackId,
} from './product-fields.js';

/** What to change; absent fields stay as they are. */
export class UpdateProductDto {
  @IsOptional()
  @IsTitle()
  title?: string;

  @IsOptional()
  @IsDescription()
  description?: string;

  @IsOptional()
  @IsProductType()
  product_type?: ProductType;

  @IsOptional()
  @IsTrackId()
  track_id?: string;

  @IsOptional()
  @AreTrackIds()
  track_ids?: string[];

  @IsOptional()
  @IsPrice()
  price?: number;

  @IsOptional()
  @IsCurrency()
  currency?: string;

  @IsOptional()
  @IsLicenseType()
  license_type?: LicenseType;

  @IsOptional()
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
      currency: dto.currency,
      licenseType: dto.license_type,
      status: dto.status,
    };
    return Object.fromEntries(Object.entries(changes).filter(([, value]) => value != null));
  }
}

import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsInt, IsOptional, IsString, IsUUID, Matches, Max, MaxLength, Min } from 'class-validator';
import { PageQueryDto } from '../../../../infrastructure/http/index.js';
import {
  LICENSE_TYPES,
  type LicenseType,
  PRODUCT_SORTS,
  PRODUCT_STATUSES,
  PRODUCT_TYPES,
  type ProductQuery,
  type ProductSort,
  type ProductStatus,
  type ProductType,
} from '../product.types.js';

/** Filters of the product list (01 1.5). */
export class ProductsQueryDto extends PageQueryDto {
  @ApiPropertyOptional({ enum: PRODUCT_SORTS, default: '-created_at' })
  @IsOptional()
  @IsIn(PRODUCT_SORTS)
  sort: ProductSort = '-created_at';

  @ApiPropertyOptional({ format: 'uuid' })
  @IsOptional()
  @IsUUID()
  seller_id?: string;

  @ApiPropertyOptional({ format: 'uuid' })
  @IsOptional()
  @IsUUID()
  track_id?: string;

  @ApiPropertyOptional({ enum: PRODUCT_TYPES })
  @IsOptional()
  @IsIn(PRODUCT_TYPES)
  product_type?: ProductType;

  @ApiPropertyOptional({ enum: LICENSE_TYPES })
  @IsOptional()
  @IsIn(LICENSE_TYPES)
  license_type?: LicenseType;

  @ApiPropertyOptional({ example: 'EUR' })
  @IsOptional()
  @Matches(/^[A-Z]{3}$/)
  currency?: string;

  @ApiPropertyOptional({ type: 'integer', minimum: 0 })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(99_999_999)
  min_price?: number;

  @ApiPropertyOptional({ type: 'integer', minimum: 0 })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(99_999_999)
  max_price?: number;

  @ApiPropertyOptional({ maxLength: 200, description: 'Part of the title' })
  @IsOptional()
  @IsString()
  @MaxLength(200)
  q?: string;

  @ApiPropertyOptional({
    enum: PRODUCT_STATUSES,
    default: 'active',
    description: "Other than active: the caller's own products only; strangers see active ones",
  })
  @IsOptional()
  @IsIn(PRODUCT_STATUSES)
  status: ProductStatus = 'active';

  /** The request in the words of the service. */
  static queryOf(dto: ProductsQueryDto): ProductQuery {
    return {
      page: dto.page,
      limit: dto.limit,
      cursor: dto.cursor,
      sort: dto.sort,
      sellerId: dto.seller_id,
      trackId: dto.track_id,
      productType: dto.product_type,
      licenseType: dto.license_type,
      currency: dto.currency,
      minPriceMinor: dto.min_price,
      maxPriceMinor: dto.max_price,
      text: dto.q,
      status: dto.status,
    };
  }
}

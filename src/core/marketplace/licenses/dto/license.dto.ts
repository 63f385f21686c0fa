import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { PageQueryDto } from '../../../../infrastructure/http/index.js';
import { LICENSE_TYPES, LicenseTermsDto, PRODUCT_TYPES } from '../../products/index.js';
import { LICENSE_STATUSES, type License, type LicenseStatus } from '../license.types.js';

/** Which licences to list. */
export class LicensesQueryDto extends PageQueryDto {
  @ApiPropertyOptional({ enum: LICENSE_STATUSES })
  @IsOptional()
  @IsIn(LICENSE_STATUSES)
  status?: LicenseStatus;
}

/** What the caller bought, as it was when they bought it. */
export class LicenseDto {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ example: 'VZ-7K2M-Q4TX-9D0B', description: 'Anybody may verify it' })
  number: string;

  @ApiProperty({ format: 'uuid' })
  order_id: string;

  @ApiProperty({ format: 'uuid' })
  product_id: string;

  @ApiProperty()
  product_title: string;

  @ApiProperty({ enum: PRODUCT_TYPES })
  product_type: string;

  @ApiProperty({ enum: LICENSE_TYPES })
  license_type: string;

  @ApiProperty({
    type: LicenseTermsDto,
    nullable: true,
    description: 'As on the day of the sale; null for a service',
  })
  terms: LicenseTermsDto | null;

  @ApiProperty({ type: 'integer', description: 'What was paid, in minor units' })
  price: number;

  @ApiProperty({ example: 'EUR' })
  currency: string;

  @ApiProperty({ enum: LICENSE_STATUSES })
  status: string;

  @ApiProperty({ type: [String], format: 'uuid' })
  track_ids: string[];

  @ApiProperty({ type: 'integer', description: 'Downloads that were begun, over all tracks' })
  download_count: number;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  last_downloaded_at: string | null;

  @ApiProperty({ format: 'date-time' })
  issued_at: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  revoked_at: string | null;

  static of(license: License): LicenseDto {
    return {
      id: license.id,
      number: license.number,
      order_id: license.orderId,
      product_id: license.productId,
      product_title: license.productTitle,
      product_type: license.productType,
      license_type: license.licenseType,
      terms: license.terms === null ? null : LicenseTermsDto.of(license.terms),
      price: license.priceMinor,
      currency: license.currency,
      status: license.status,
      track_ids: license.trackIds,
      download_count: license.downloadCount,
      last_downloaded_at: license.lastDownloadedAt?.toISOString() ?? null,
      issued_at: license.createdAt.toISOString(),
      revoked_at: license.revokedAt?.toISOString() ?? null,
    };
  }
}

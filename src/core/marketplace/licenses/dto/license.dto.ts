import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { PageQueryDto } from '../../../../infrastructure/http/index.js';
import { LICENSE_TYPES, PRODUCT_TYPES } from '../../products/index.js';
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

  @ApiProperty({ enum: LICENSE_STATUSES })
  status: string;

  @ApiProperty({ type: [String], format: 'uuid' })
  track_ids: string[];

  @ApiProperty({ format: 'date-time' })
  issued_at: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  revoked_at: string | null;

  static of(license: License): LicenseDto {
    return {
      id: license.id,
      order_id: license.orderId,
      product_id: license.productId,
      product_title: license.productTitle,
      product_type: license.productType,
      license_type: license.licenseType,
      status: license.status,
      track_ids: license.trackIds,
      issued_at: license.createdAt.toISOString(),
      revoked_at: license.revokedAt?.toISOString() ?? null,
    };
  }
}

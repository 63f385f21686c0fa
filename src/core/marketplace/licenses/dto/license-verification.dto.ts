import { ApiProperty } from '@nestjs/swagger';
import { LICENSE_TYPES } from '../../products/index.js';
import { LICENSE_STATUSES, type License } from '../license.types.js';

/** What anybody may know of a licence; nothing in it names a person. */
export class LicenseVerificationDto {
  @ApiProperty({ description: 'True for an active licence' })
  valid: boolean;

  @ApiProperty({ enum: LICENSE_STATUSES })
  status: string;

  @ApiProperty()
  product_title: string;

  @ApiProperty({ enum: LICENSE_TYPES })
  license_type: string;

  @ApiProperty({ format: 'date-time' })
  issued_at: string;

  static of(license: License): LicenseVerificationDto {
    return {
      valid: license.status === 'active',
      status: license.status,
      product_title: license.productTitle,
      license_type: license.licenseType,
      issued_at: license.createdAt.toISOString(),
    };
  }
}

import { ApiProperty } from '@nestjs/swagger';
import type { LicenseTerms } from '../license-terms.js';
import { LICENSE_TYPES } from '../product.types.js';

/** What a licence tier includes. */
export class LicenseTermsDto {
  @ApiProperty({ type: 'integer', example: 1, description: 'Goes up when the terms change' })
  version: number;

  @ApiProperty({ enum: LICENSE_TYPES })
  license_type: string;

  @ApiProperty({ enum: ['original'], isArray: true, description: 'Which files may be downloaded' })
  files: readonly string[];

  @ApiProperty()
  commercial_use: boolean;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'Copies sold or given away; null is no limit',
  })
  max_copies: number | null;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'Plays on streaming services; null is no limit',
  })
  max_streams: number | null;

  @ApiProperty({ description: 'Radio and television' })
  broadcast: boolean;

  @ApiProperty({ description: 'Use in films and videos' })
  video: boolean;

  @ApiProperty({ description: 'Sold to nobody else from the sale on; licences sold before stay valid' })
  exclusive: boolean;

  @ApiProperty({ description: 'The seller must be named' })
  credit_required: boolean;

  static of(terms: LicenseTerms): LicenseTermsDto {
    return {
      version: terms.version,
      license_type: terms.licenseType,
      files: terms.files,
      commercial_use: terms.isCommercialUseAllowed,
      max_copies: terms.maxCopies,
      max_streams: terms.maxStreams,
      broadcast: terms.isBroadcastAllowed,
      video: terms.isVideoUseAllowed,
      exclusive: terms.isExclusive,
      credit_required: terms.isCreditRequired,
    };
  }
}

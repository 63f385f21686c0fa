import { ApiProperty } from '@nestjs/swagger';
import type { LicenseTerms } from '../../products/index.js';

/** What a licence includes; null limits nothing. */
export class LicenseTermsDto {
  @ApiProperty({ type: 'integer', description: 'The edition of the terms' })
  version: number;

  @ApiProperty({ type: [String], example: ['original'] })
  files: string[];

  @ApiProperty()
  commercial_use: boolean;

  @ApiProperty({ type: 'integer', nullable: true, description: 'Physical ones and downloads together' })
  max_copies: number | null;

  @ApiProperty({ type: 'integer', nullable: true, description: 'On all streaming services together' })
  max_streams: number | null;

  @ApiProperty()
  broadcast: boolean;

  @ApiProperty()
  video_use: boolean;

  @ApiProperty({ description: 'Nobody else can buy the works from the sale on' })
  exclusive: boolean;

  @ApiProperty()
  credit_required: boolean;

  static of(terms: LicenseTerms): LicenseTermsDto {
    return {
      version: terms.version,
      files: [...terms.files],
      commercial_use: terms.isCommercialUseAllowed,
      max_copies: terms.maxCopies,
      max_streams: terms.maxStreams,
      broadcast: terms.isBroadcastAllowed,
      video_use: terms.isVideoUseAllowed,
      exclusive: terms.isExclusive,
      credit_required: terms.isCreditRequired,
    };
  }
}

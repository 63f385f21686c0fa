import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsString, MaxLength, MinLength } from 'class-validator';
import { REFUND_RESOLUTIONS, type RefundResolutionOutcome } from '../refund-decisions.service.js';

/** What an administrator decides about a refund that does not end by itself. */
export class ResolveRefundDto {
  @ApiProperty({
    enum: REFUND_RESOLUTIONS,
    description:
      'succeeded, failed: how it ended; resubmit: the provider does not know it and the next sweep sends it again',
  })
  @IsIn(REFUND_RESOLUTIONS)
  outcome: RefundResolutionOutcome;

  @ApiProperty({ minLength: 1, maxLength: 500 })
  @IsString()
  @MinLength(1)
  @MaxLength(500)
  reason: string;
}

import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { PeriodQueryDto } from '../../../../infrastructure/lists/index.js';
import { type RefundStatus, refundStates } from '../refund-states.js';

/** A page of refunds. */
export class RefundQueryDto extends PeriodQueryDto {
  @ApiPropertyOptional({ enum: refundStates.states })
  @IsOptional()
  @IsIn(refundStates.states)
  status?: RefundStatus;
}

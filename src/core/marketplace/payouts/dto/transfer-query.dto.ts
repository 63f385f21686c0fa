import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { PeriodQueryDto } from '../../../../infrastructure/lists/index.js';
import { type TransferStatus, transferStates } from '../transfer-states.js';

/** A page of transfers. */
export class TransferQueryDto extends PeriodQueryDto {
  @ApiPropertyOptional({ enum: transferStates.states })
  @IsOptional()
  @IsIn(transferStates.states)
  status?: TransferStatus;
}

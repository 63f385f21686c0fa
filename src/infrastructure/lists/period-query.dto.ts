import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { IsMoment, PageQueryDto } from '../http/index.js';

/** A page of what happened in a period. */
export class PeriodQueryDto extends PageQueryDto {
  @ApiPropertyOptional({ format: 'date-time', description: 'From this moment on' })
  @IsOptional()
  @IsMoment()
  from?: Date;

  @ApiPropertyOptional({ format: 'date-time', description: 'Before this moment' })
  @IsOptional()
  @IsMoment()
  to?: Date;
}

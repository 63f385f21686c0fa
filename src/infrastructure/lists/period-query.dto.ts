import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsDate, IsOptional } from 'class-validator';
import { PageQueryDto } from '../http/index.js';

/** A page of what happened in a period. */
export class PeriodQueryDto extends PageQueryDto {
  @ApiPropertyOptional({ format: 'date-time', description: 'From this moment on' })
  @IsOptional()
  @Type(() => Date)
  @IsDate()
  from?: Date;

  @ApiPropertyOptional({ format: 'date-time', description: 'Before this moment' })
  @IsOptional()
  @Type(() => Date)
  @IsDate()
  to?: Date;
}

import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsDate, IsOptional, IsString, IsUUID, MaxLength } from 'class-validator';
import { PageQueryDto } from '../../../infrastructure/http/index.js';

/** Filters of `GET /admin/audit/logs`; they are combined. */
export class ListAuditLogsQueryDto extends PageQueryDto {
  @ApiPropertyOptional({ format: 'uuid', description: 'The actor' })
  @IsOptional()
  @IsUUID()
  user_id?: string;

  @ApiPropertyOptional({ example: 'auth.logout' })
  @IsOptional()
  @IsString()
  @MaxLength(100)
  action?: string;

  @ApiPropertyOptional({ description: 'Type of the resource', example: 'user' })
  @IsOptional()
  @IsString()
  @MaxLength(100)
  resource?: string;

  @ApiPropertyOptional({ type: String, format: 'date-time', description: 'Not before' })
  @IsOptional()
  @Type(() => Date)
  @IsDate({ message: 'from must be a date or a moment in ISO 8601' })
  from?: Date;

  @ApiPropertyOptional({ type: String, format: 'date-time', description: 'Not after' })
  @IsOptional()
  @Type(() => Date)
  @IsDate({ message: 'to must be a date or a moment in ISO 8601' })
  to?: Date;
}

import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, IsUUID, MaxLength } from 'class-validator';
import { IsMoment, PageQueryDto } from '../../../infrastructure/http/index.js';

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
  @IsMoment()
  from?: Date;

  @ApiPropertyOptional({ type: String, format: 'date-time', description: 'Not after' })
  @IsOptional()
  @IsMoment()
  to?: Date;
}

import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

/** The `meta` block of a success. */
export class ResponseMetaDto {
  @ApiProperty({ format: 'date-time' })
  timestamp: string;

  @ApiProperty({ example: 'req_01j9zv6w3q8k4m2n7r5t1x0ybc' })
  request_id: string;

  @ApiProperty({ enum: ['v1'] })
  version: 'v1';
}

/** The `pagination` block of a list; the counts are absent when a cursor was sent (09 C52). */
export class PaginationDto {
  @ApiPropertyOptional({ type: 'integer' })
  page?: number;

  @ApiProperty({ type: 'integer' })
  limit: number;

  @ApiPropertyOptional({ type: 'integer' })
  total?: number;

  @ApiPropertyOptional({ type: 'integer' })
  total_pages?: number;

  @ApiProperty()
  has_next: boolean;

  @ApiPropertyOptional()
  has_prev?: boolean;

  @ApiProperty({ type: String, nullable: true })
  next_cursor: string | null;
}

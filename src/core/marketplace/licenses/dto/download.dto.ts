import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsOptional, IsUUID } from 'class-validator';

/** Which file of a bought product. */
export class DownloadQueryDto {
  @ApiPropertyOptional({
    format: 'uuid',
    description: 'One track of a pack; not needed when there is only one',
  })
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.toLowerCase() : value))
  @IsUUID()
  track_id?: string;
}

/** A link to a bought file, for this caller only. */
export class DownloadDto {
  @ApiProperty({ description: 'Serves the original file, with Range; no token needed' })
  download_url: string;

  @ApiProperty({ format: 'date-time' })
  expires_at: string;
}

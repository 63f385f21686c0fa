import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsNumber, IsOptional, IsString, IsUrl, Max, MaxLength, Min } from 'class-validator';

/** What the stream server reports when it is done with a track (01 1.9); null is the same as nothing. */
export class StreamReadyDto {
  @ApiProperty({ enum: ['ready', 'failed'] })
  @IsIn(['ready', 'failed'])
  status: 'ready' | 'failed';

  @ApiPropertyOptional({ type: String, nullable: true, maxLength: 2048 })
  @IsOptional()
  @IsUrl({ protocols: ['http', 'https'], require_protocol: true, require_tld: false })
  @MaxLength(2048)
  stream_manifest_url?: string | null;

  @ApiPropertyOptional({
    type: Number,
    nullable: true,
    description: 'Required with `ready` when the stream server does the processing',
  })
  @IsOptional()
  @IsNumber()
  @Min(0.01)
  @Max(86_400)
  duration_seconds?: number | null;

  @ApiPropertyOptional({ type: String, nullable: true, maxLength: 300 })
  @IsOptional()
  @IsString()
  @MaxLength(300)
  error?: string | null;
}

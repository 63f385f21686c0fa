import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsString, Length } from 'class-validator';
import { Omittable, Trimmed } from '../../../infrastructure/http/index.js';
import { TrackFieldsDto } from './track-fields.dto.js';

/** The fields of an upload beside its file. */
export class CreateTrackDto extends TrackFieldsDto {
  @ApiProperty({ minLength: 1, maxLength: 200 })
  @Trimmed()
  @IsString()
  @Length(1, 200)
  title: string;
}

/** The multipart form of an upload, as OpenAPI shows it. */
export class CreateTrackFormDto extends CreateTrackDto {
  @ApiProperty({
    type: 'string',
    format: 'binary',
    description: 'mp3, wav, flac, ogg, m4a or aac; `file` is accepted too',
  })
  audio: unknown;

  @ApiPropertyOptional({ type: 'string', format: 'binary', description: 'JPEG, PNG or WebP, at most 5 MB' })
  artwork?: unknown;
}

/** A change of a track's description. */
export class UpdateTrackDto extends TrackFieldsDto {
  @ApiPropertyOptional({ minLength: 1, maxLength: 200 })
  @Omittable()
  @Trimmed()
  @IsString()
  @Length(1, 200)
  title?: string;
}

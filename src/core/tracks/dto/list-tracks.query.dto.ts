import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform, Type, type TransformFnParams } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  IsUUID,
  Length,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import { BooleanText, PageQueryDto } from '../../../infrastructure/http/index.js';

/** The only columns a list may be sorted by; never a caller's text in an ORDER BY (10.1 v0.903). */
export const TRACK_SORTS = [
  'created_at',
  'updated_at',
  'title',
  'artist',
  'duration',
  'plays',
  'likes',
  'popularity',
] as const;
export type TrackSort = (typeof TRACK_SORTS)[number];

const split = ({ value }: TransformFnParams): unknown =>
  typeof value === 'string' ? value.split(',').map((tag) => tag.trim().toLowerCase()) : (value as unknown);

/** Filters and order of `GET /tracks`. */
export class ListTracksQueryDto extends PageQueryDto {
  @ApiPropertyOptional({ enum: TRACK_SORTS, default: 'created_at' })
  @IsOptional()
  @IsIn(TRACK_SORTS)
  sort: TrackSort = 'created_at';

  @ApiPropertyOptional({ enum: ['asc', 'desc'], default: 'desc' })
  @IsOptional()
  @IsIn(['asc', 'desc'])
  order: 'asc' | 'desc' = 'desc';

  @ApiPropertyOptional({ maxLength: 100 })
  @IsOptional()
  @IsString()
  @Length(1, 100)
  artist?: string;

  @ApiPropertyOptional({ maxLength: 50 })
  @IsOptional()
  @IsString()
  @Length(1, 50)
  genre?: string;

  @ApiPropertyOptional({ description: 'Tracks with all of these tags, separated by commas' })
  @IsOptional()
  @Transform(split)
  @IsArray()
  @ArrayMaxSize(10)
  @IsString({ each: true })
  @Length(1, 30, { each: true })
  tags?: string[];

  @ApiPropertyOptional({ type: 'integer', description: 'Seconds' })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(86_400)
  min_duration?: number;

  @ApiPropertyOptional({ type: 'integer', description: 'Seconds' })
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(86_400)
  max_duration?: number;

  @ApiPropertyOptional({ maxLength: 100, description: 'Words of title and artist' })
  @IsOptional()
  @IsString()
  @MaxLength(100)
  search?: string;

  @ApiPropertyOptional({ format: 'uuid' })
  @IsOptional()
  @IsUUID()
  uploader_id?: string;

  @ApiPropertyOptional({ enum: ['mp3', 'wav', 'flac', 'ogg', 'm4a', 'aac'] })
  @IsOptional()
  @IsIn(['mp3', 'wav', 'flac', 'ogg', 'm4a', 'aac'])
  format?: string;

  @ApiPropertyOptional({ description: "With one's own uploader_id: private and unfinished tracks as well" })
  @IsOptional()
  @BooleanText()
  @IsBoolean()
  show_private?: boolean;
}

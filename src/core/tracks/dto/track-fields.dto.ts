import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform, type TransformFnParams } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import { BooleanText, NumberText, Omittable, Trimmed } from '../../../infrastructure/http/index.js';

/** The licences a track may carry (01 1.3). */
export const TRACK_LICENSES = [
  'All Rights Reserved',
  'Creative Commons BY',
  'Creative Commons BY-SA',
  'Creative Commons BY-NC',
  'Public Domain',
] as const;

/** `tags` repeated, or one field with commas; spaces, case and repetition do not make another tag. */
const tagList = ({ value }: TransformFnParams): unknown => {
  const list: unknown[] =
    typeof value === 'string' ? value.split(',') : Array.isArray(value) ? value : [value];
  if (!list.every((tag) => typeof tag === 'string')) return list;
  return [...new Set(list.map((tag) => tag.trim().toLowerCase()).filter((tag) => tag !== ''))];
};

/** What the owner says of a track, all of it optional; creation adds the title. */
export class TrackFieldsDto {
  @ApiPropertyOptional({ minLength: 1, maxLength: 100 })
  @Omittable()
  @Trimmed()
  @IsString()
  @Length(1, 100)
  artist?: string;

  @ApiPropertyOptional({ type: String, nullable: true, maxLength: 200 })
  @IsOptional()
  @Trimmed()
  @IsString()
  @MaxLength(200)
  album?: string | null;

  @ApiPropertyOptional({ type: String, nullable: true, maxLength: 2000 })
  @IsOptional()
  @IsString()
  @MaxLength(2000)
  description?: string | null;

  @ApiPropertyOptional({ type: [String], maxItems: 10, description: 'Repeated, or one field with commas' })
  @Omittable()
  @Transform(tagList)
  @IsArray()
  @ArrayMaxSize(10)
  @IsString({ each: true })
  @Length(1, 30, { each: true })
  tags?: string[];

  @ApiPropertyOptional({ type: String, nullable: true, maxLength: 50 })
  @IsOptional()
  @Trimmed()
  @IsString()
  @MaxLength(50)
  genre?: string | null;

  @ApiPropertyOptional({ type: 'integer', nullable: true, minimum: 40, maximum: 300 })
  @IsOptional()
  @NumberText()
  @IsInt()
  @Min(40)
  @Max(300)
  bpm?: number | null;

  @ApiPropertyOptional({ type: String, nullable: true, pattern: '^[A-G][#b]?m?$', example: 'F#m' })
  @IsOptional()
  @IsString()
  @Matches(/^[A-G][#b]?m?$/, { message: 'key must look like C, F#m or Bb' })
  key?: string | null;

  @ApiPropertyOptional({ description: 'A new track is public unless this is false' })
  @Omittable()
  @BooleanText()
  @IsBoolean()
  is_public?: boolean;

  @ApiPropertyOptional({
    description: 'False, as in a new track: only the owner and licence holders (09 C70)',
  })
  @Omittable()
  @BooleanText()
  @IsBoolean()
  is_downloadable?: boolean;

  @ApiPropertyOptional({ description: 'False in a new track' })
  @Omittable()
  @BooleanText()
  @IsBoolean()
  is_explicit?: boolean;

  @ApiPropertyOptional({ enum: TRACK_LICENSES, description: 'A new track has all rights reserved' })
  @Omittable()
  @IsIn(TRACK_LICENSES)
  license?: (typeof TRACK_LICENSES)[number];
}

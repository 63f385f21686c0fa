import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsObject,
  IsOptional,
  IsString,
  IsTimeZone,
  IsUrl,
  Length,
  Matches,
  MaxLength,
  ValidateBy,
  ValidateNested,
} from 'class-validator';
import { Omittable, Trimmed } from '../../../infrastructure/http/index.js';
import { IsMailAddress, IsUsername } from './account-fields.decorators.js';

const MAX_PREFERENCES_BYTES = 4096;

/** A text that may be left out; null empties the field. */
const OptionalText = (maxLength: number): PropertyDecorator =>
  applyDecorators(
    Trimmed(),
    IsOptional(),
    IsString(),
    Length(1, maxLength),
    ApiPropertyOptional({ type: String, nullable: true, minLength: 1, maxLength }),
  );

const OptionalWebAddress = (maxLength: number): PropertyDecorator =>
  applyDecorators(
    OptionalText(maxLength),
    IsUrl({ protocols: ['http', 'https'], require_protocol: true, require_tld: false }),
  );

const IsSmallJson = (): PropertyDecorator =>
  ValidateBy({
    name: 'isSmallJson',
    validator: {
      validate: (value: unknown) => Buffer.byteLength(JSON.stringify(value ?? null)) <= MAX_PREFERENCES_BYTES,
      defaultMessage: () => `preferences must not be larger than ${String(MAX_PREFERENCES_BYTES)} bytes`,
    },
  });

/** Accounts at other services, by handle or URL. */
export class UpdateSocialLinksDto {
  @OptionalText(50)
  twitter?: string;

  @OptionalText(50)
  instagram?: string;

  @OptionalText(50)
  soundcloud?: string;
}

/**
 * What an owner may change of a profile (01 1.2). Role, state and verification are no part of it: like every
 * unknown property they are refused with 400 (10.2.1).
 */
export class UpdateProfileDto {
  @ApiPropertyOptional()
  @Omittable()
  @IsUsername()
  username?: string;

  @ApiPropertyOptional()
  @Omittable()
  @IsMailAddress()
  email?: string;

  @OptionalText(50)
  first_name?: string | null;

  @OptionalText(50)
  last_name?: string | null;

  @OptionalText(100)
  display_name?: string | null;

  @OptionalText(500)
  bio?: string | null;

  @OptionalWebAddress(500)
  avatar?: string | null;

  @OptionalText(100)
  location?: string | null;

  @OptionalWebAddress(255)
  website?: string | null;

  @ApiPropertyOptional({ type: String, nullable: true, example: 'Europe/Paris' })
  @IsOptional()
  @IsString()
  @MaxLength(64)
  @IsTimeZone()
  timezone?: string | null;

  @ApiPropertyOptional({ type: String, nullable: true, pattern: '^[a-z]{2}$' })
  @IsOptional()
  @IsString()
  @Matches(/^[a-z]{2}$/)
  language?: string | null;

  @ApiPropertyOptional({ type: UpdateSocialLinksDto })
  @Omittable()
  @IsObject()
  @ValidateNested()
  @Type(() => UpdateSocialLinksDto)
  social_links?: UpdateSocialLinksDto;

  @ApiPropertyOptional({ type: [String], maxItems: 10 })
  @Omittable()
  @IsArray()
  @ArrayMaxSize(10)
  @IsString({ each: true })
  @Length(1, 30, { each: true })
  skills?: string[];

  @ApiPropertyOptional({ type: 'object', additionalProperties: true, description: 'At most 4096 bytes' })
  @Omittable()
  @IsObject()
  @IsSmallJson()
  preferences?: Record<string, unknown>;
}

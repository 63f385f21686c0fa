import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsInt,
  IsISO4217CurrencyCode,
  IsString,
  IsUUID,
  Matches,
  Max,
  MaxLength,
  Min,
  MinLength,
} from 'class-validator';
import { Trimmed } from '../../../../infrastructure/http/index.js';
import { LICENSE_TYPES, MAX_PRICE_MINOR, PRICINGS, PRODUCT_TYPES } from '../product.types.js';

const MAX_TRACKS = 100;

/** The fields of a product with their rules, shared by creating (most required) and updating (all optional). */
export const IsTitle = (): PropertyDecorator =>
  applyDecorators(
    ApiProperty({ type: String, minLength: 1, maxLength: 200 }),
    Trimmed(),
    IsString(),
    MinLength(1),
    MaxLength(200),
  );

export const IsDescription = (): PropertyDecorator =>
  applyDecorators(ApiProperty({ type: String, maxLength: 5000 }), IsString(), MaxLength(5000));

export const IsProductType = (): PropertyDecorator =>
  applyDecorators(ApiProperty({ enum: PRODUCT_TYPES }), IsIn(PRODUCT_TYPES));

export const IsTrackId = (): PropertyDecorator =>
  applyDecorators(
    ApiProperty({ type: String, format: 'uuid', description: 'For a product of type track' }),
    IsUUID(),
  );

export const AreTrackIds = (): PropertyDecorator =>
  applyDecorators(
    ApiProperty({
      type: [String],
      format: 'uuid',
      maxItems: MAX_TRACKS,
      description: 'For a product of type pack',
    }),
    IsArray(),
    ArrayMaxSize(MAX_TRACKS),
    ArrayUnique((id: unknown) => (typeof id === 'string' ? id.toLowerCase() : id)),
    IsUUID(undefined, { each: true }),
  );

export const IsPrice = (): PropertyDecorator =>
  applyDecorators(
    ApiProperty({
      type: 'integer',
      minimum: 0,
      maximum: MAX_PRICE_MINOR,
      description: 'Minor units; 0 is free. With pricing minimum the least that a buyer may pay',
    }),
    IsInt(),
    Min(0),
    Max(MAX_PRICE_MINOR),
  );

export const IsPricing = (): PropertyDecorator =>
  applyDecorators(
    ApiProperty({ enum: PRICINGS, description: 'minimum: the buyer pays the price or more' }),
    IsIn(PRICINGS),
  );

export const IsSuggestedPrice = (): PropertyDecorator =>
  applyDecorators(
    ApiProperty({
      type: 'integer',
      minimum: 0,
      maximum: MAX_PRICE_MINOR,
      description: 'Minor units, with pricing minimum only, at least the price',
    }),
    IsInt(),
    Min(0),
    Max(MAX_PRICE_MINOR),
  );

export const IsCurrency = (): PropertyDecorator =>
  applyDecorators(
    ApiProperty({ type: String, example: 'EUR', description: 'ISO 4217, upper case' }),
    Matches(/^[A-Z]{3}$/, { message: '$property must be an upper-case ISO 4217 code' }),
    IsISO4217CurrencyCode(),
  );

export const IsLicenseType = (): PropertyDecorator =>
  applyDecorators(ApiProperty({ enum: LICENSE_TYPES }), IsIn(LICENSE_TYPES));

export const IsOfferStatus = (): PropertyDecorator =>
  applyDecorators(ApiProperty({ enum: ['draft', 'active'] }), IsIn(['draft', 'active']));

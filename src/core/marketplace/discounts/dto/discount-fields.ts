import { applyDecorators } from '@nestjs/common';
import { ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsISO4217CurrencyCode,
  IsInt,
  IsOptional,
  IsUUID,
  Matches,
  Max,
  Min,
} from 'class-validator';
import { IsMoment } from '../../../../infrastructure/http/index.js';
import { MAX_PRICE_MINOR } from '../../products/index.js';

const MAX_USES = 1_000_000;
const MAX_PRODUCTS = 100;

/** The fields of a code with their rules, shared by creating and updating; null is the same as none. */
const OptionalInteger = (minimum: number, maximum: number, description: string): PropertyDecorator =>
  applyDecorators(
    ApiPropertyOptional({ type: 'integer', minimum, maximum, nullable: true, description }),
    IsOptional(),
    IsInt(),
    Min(minimum),
    Max(maximum),
  );

export const IsPercentBps = (): PropertyDecorator =>
  OptionalInteger(1, 10_000, 'Basis points off each price: 1000 is 10 %. Either this or amount');

export const IsDiscountAmount = (): PropertyDecorator =>
  OptionalInteger(1, MAX_PRICE_MINOR, 'Minor units off the items together. Either this or percent_bps');

export const IsMinOrderAmount = (): PropertyDecorator =>
  OptionalInteger(1, MAX_PRICE_MINOR, 'Minor units that the items it is for must cost at least');

export const IsMaxUses = (): PropertyDecorator => OptionalInteger(1, MAX_USES, 'By all buyers together');

export const IsMaxUsesPerBuyer = (): PropertyDecorator => OptionalInteger(1, MAX_USES, 'By each buyer');

export const IsDiscountCurrency = (): PropertyDecorator =>
  applyDecorators(
    ApiPropertyOptional({
      type: String,
      nullable: true,
      example: 'EUR',
      description: 'Of amount and min_order_amount, required with either',
    }),
    IsOptional(),
    Matches(/^[A-Z]{3}$/, { message: '$property must be an upper-case ISO 4217 code' }),
    IsISO4217CurrencyCode(),
  );

export const AreDiscountedProducts = (): PropertyDecorator =>
  applyDecorators(
    ApiPropertyOptional({
      type: [String],
      format: 'uuid',
      maxItems: MAX_PRODUCTS,
      nullable: true,
      description: "The products it is for; none means all of the seller's",
    }),
    IsOptional(),
    IsArray(),
    ArrayMaxSize(MAX_PRODUCTS),
    ArrayUnique((id: unknown) => (typeof id === 'string' ? id.toLowerCase() : id)),
    IsUUID(undefined, { each: true }),
  );

export const IsDiscountMoment = (description: string): PropertyDecorator =>
  applyDecorators(
    ApiPropertyOptional({ type: String, format: 'date-time', nullable: true, description }),
    IsOptional(),
    IsMoment(),
  );

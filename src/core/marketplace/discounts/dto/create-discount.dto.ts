import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { Matches } from 'class-validator';
import { type DiscountContent, normalizedCode } from '../discount.types.js';
import {
  AreDiscountedProducts,
  IsDiscountAmount,
  IsDiscountCurrency,
  IsDiscountMoment,
  IsMaxUses,
  IsMaxUsesPerBuyer,
  IsMinOrderAmount,
  IsPercentBps,
} from './discount-fields.js';

/** A new discount code. */
export class CreateDiscountDto {
  @ApiProperty({ pattern: '^[A-Z0-9][A-Z0-9_-]{2,31}$', description: 'Stored in upper case' })
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? normalizedCode(value) : value))
  @Matches(/^[A-Z0-9][A-Z0-9_-]{2,31}$/, {
    message: '$property must be 3 to 32 letters, digits, hyphens and underscores',
  })
  code: string;

  @IsPercentBps()
  percent_bps?: number | null;

  @IsDiscountAmount()
  amount?: number | null;

  @IsDiscountCurrency()
  currency?: string | null;

  @AreDiscountedProducts()
  product_ids?: string[] | null;

  @IsMinOrderAmount()
  min_order_amount?: number | null;

  @IsMaxUses()
  max_uses?: number | null;

  @IsMaxUsesPerBuyer()
  max_uses_per_buyer?: number | null;

  @IsDiscountMoment('Valid from this moment on')
  starts_at?: Date | null;

  @IsDiscountMoment('Valid before this moment')
  ends_at?: Date | null;

  /** The request in the words of the service. */
  static contentOf(dto: CreateDiscountDto): DiscountContent {
    return {
      code: dto.code,
      percentBps: dto.percent_bps ?? null,
      amountMinor: dto.amount ?? null,
      currency: dto.currency ?? null,
      productIds: dto.product_ids?.map((id) => id.toLowerCase()) ?? [],
      minOrderAmountMinor: dto.min_order_amount ?? null,
      maxUses: dto.max_uses ?? null,
      maxUsesPerBuyer: dto.max_uses_per_buyer ?? null,
      startsAt: dto.starts_at ?? null,
      endsAt: dto.ends_at ?? null,
    };
  }
}

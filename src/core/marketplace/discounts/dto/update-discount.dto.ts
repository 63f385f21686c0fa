import type { DiscountChanges } from '../discount.types.js';
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

/** What to change; absent fields stay as they are, null takes a limit away. */
export class UpdateDiscountDto {
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

  /** The fields that were sent, in the words of the service. */
  static changesOf(dto: UpdateDiscountDto): DiscountChanges {
    const changes = {
      percentBps: dto.percent_bps,
      amountMinor: dto.amount,
      currency: dto.currency,
      productIds: dto.product_ids === null ? [] : dto.product_ids?.map((id) => id.toLowerCase()),
      minOrderAmountMinor: dto.min_order_amount,
      maxUses: dto.max_uses,
      maxUsesPerBuyer: dto.max_uses_per_buyer,
      startsAt: dto.starts_at,
      endsAt: dto.ends_at,
    };
    return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
  }
}

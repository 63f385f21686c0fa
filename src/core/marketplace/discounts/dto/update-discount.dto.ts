import { OmitType } from '@nestjs/swagger';
import type { DiscountChanges } from '../discount.types.js';
import { CreateDiscountDto } from './create-discount.dto.js';

/** What to change; absent fields stay as they are, null takes a limit away. The code itself stays. */
export class UpdateDiscountDto extends OmitType(CreateDiscountDto, ['code']) {
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

import { Injectable } from '@nestjs/common';
import { Propagation, Transactional } from '../../../infrastructure/database/index.js';
import { DiscountUses } from '../discounts/index.js';
import { ExclusiveSales, ProductOffers } from '../products/index.js';
import type { Order } from './orders.types.js';

/** What there is only so much of, and a completed order takes hold of. */
@Injectable()
export class OrderClaims {
  constructor(
    private readonly discounts: DiscountUses,
    private readonly exclusives: ExclusiveSales,
    private readonly offers: ProductOffers,
  ) {}

  /**
   * @throws DomainError 409 `EXCLUSIVE_SOLD` when somebody else bought one of the tracks exclusively, 409
   *   `DISCOUNT_EXHAUSTED` when the order is late and others have used its discount up, 409
   *   `PRODUCT_UNAVAILABLE` when a track was deleted since it was ordered
   */
  @Transactional(Propagation.Mandatory)
  async claim(order: Order): Promise<void> {
    await this.discounts.keep(order.id);
    await this.exclusives.claim(
      order.id,
      order.items.map((item) => ({
        orderItemId: item.id,
        licenseType: item.licenseType,
        trackIds: item.trackIds,
      })),
    );
    await this.offers.holdForBuyer(order.items);
  }
}

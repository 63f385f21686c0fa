import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/time/index.js';
import { Propagation, Transactional } from '../../../infrastructure/database/index.js';
import { discountsOf } from './discount-calculation.js';
import { DiscountUsesRepository } from './discount-uses.repository.js';
import type { DiscountCode, DiscountableItem } from './discount.types.js';
import {
  discountExhausted,
  discountExpired,
  discountNotApplicable,
  discountNotFound,
} from './discounts.errors.js';
import { DiscountsRepository } from './discounts.repository.js';

/** An order that wants a discount. */
export interface DiscountedOrder {
  orderId: string;
  buyerId: string;
  currency: string;
  items: readonly DiscountableItem[];
}

/**
 * What orders do with codes. A use is taken when the order opens, given back when it ends without a sale, and
 * taken again when it completes late; each time under the code's lock, so that its limits hold.
 */
@Injectable()
export class DiscountUses {
  constructor(
    private readonly discounts: DiscountsRepository,
    private readonly uses: DiscountUsesRepository,
    private readonly clock: Clock,
  ) {}

  /**
   * Takes a use for a new order, in the transaction that stores the order.
   * @param code in upper case, see `normalizedCode`
   * @returns what it takes off each item in minor units, in the order of the items
   * @throws DomainError 404 `DISCOUNT_NOT_FOUND`, 409 `DISCOUNT_EXPIRED`, `DISCOUNT_EXHAUSTED`,
   *   400 `DISCOUNT_NOT_APPLICABLE`
   */
  @Transactional(Propagation.Mandatory)
  async take(code: string, { orderId, buyerId, currency, items }: DiscountedOrder): Promise<number[]> {
    const discount = await this.discounts.findByCodeForUpdate(code);
    const now = this.clock.now();
    if (discount === null || !isKnownTo(discount, items, now)) throw discountNotFound();
    if (discount.endsAt !== null && discount.endsAt <= now) throw discountExpired();
    const discountsMinor = discountsOf(discount, items, currency);
    if (discountsMinor === null) throw discountNotApplicable();
    await this.assertUsesLeft(discount, buyerId);
    await this.uses.insert(orderId, discount.id, buyerId, now);
    return discountsMinor;
  }

  /** The order ended without a sale: its use is free for others. */
  @Transactional(Propagation.Mandatory)
  async release(orderId: string): Promise<void> {
    await this.uses.release(orderId, this.clock.now());
  }

  /**
   * The order becomes a sale. One that had ended before gave its use back and takes it again, at the price that
   * was promised to it.
   * @throws DomainError 409 `DISCOUNT_EXHAUSTED` when others have used the code up meanwhile
   */
  @Transactional(Propagation.Mandatory)
  async keep(orderId: string): Promise<void> {
    const use = await this.uses.findOfOrder(orderId);
    if (use?.isReleased !== true) return;
    const discount = await this.discounts.findForUpdate(use.discountCodeId);
    if (discount === null) throw discountNotFound();
    await this.assertUsesLeft(discount, use.buyerId);
    await this.uses.restore(orderId, discount.id);
  }

  private async assertUsesLeft(discount: DiscountCode, buyerId: string): Promise<void> {
    if (discount.maxUses !== null && discount.uses >= discount.maxUses) throw discountExhausted();
    if (discount.maxUsesPerBuyer === null) return;
    const usesOfBuyer = await this.uses.countOfBuyer(discount.id, buyerId);
    if (usesOfBuyer >= discount.maxUsesPerBuyer) throw discountExhausted();
  }
}

/** Who buys nothing of the seller's, or asks too early, learns nothing of the code. */
const isKnownTo = (discount: DiscountCode, items: readonly DiscountableItem[], now: Date): boolean =>
  items.some((item) => item.sellerId === discount.sellerId) &&
  (discount.startsAt === null || discount.startsAt <= now);

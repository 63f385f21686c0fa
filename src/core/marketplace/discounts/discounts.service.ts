import { Injectable } from '@nestjs/common';
import { newId } from '../../../common/ids/index.js';
import type { Paginated } from '../../../common/pagination/index.js';
import { Clock } from '../../../common/time/index.js';
import { Transactional } from '../../../infrastructure/database/index.js';
import type { RequestUser } from '../../../infrastructure/http/access/index.js';
import { AuditWriter } from '../../audit/index.js';
import { ProductOffers } from '../products/index.js';
import type { DiscountChanges, DiscountCode, DiscountContent, DiscountQuery } from './discount.types.js';
import { discountCodeArchived, discountCodeNotFound, discountInvalid } from './discounts.errors.js';
import { DiscountsRepository } from './discounts.repository.js';

/** What sellers do with their discount codes. */
@Injectable()
export class DiscountsService {
  constructor(
    private readonly discounts: DiscountsRepository,
    private readonly products: ProductOffers,
    private readonly audit: AuditWriter,
    private readonly clock: Clock,
  ) {}

  /**
   * Makes a code for the seller's own products.
   * @throws DomainError 400 when its parts contradict each other or a product is not the seller's,
   *   409 `DISCOUNT_CODE_TAKEN`
   */
  @Transactional()
  async create(sellerId: string, content: DiscountContent): Promise<DiscountCode> {
    const now = this.clock.now();
    const discount: DiscountCode = {
      id: newId(),
      sellerId,
      ...content,
      uses: 0,
      archivedAt: null,
      createdAt: now,
      updatedAt: now,
    };
    await this.assertValid(discount);
    await this.discounts.insert(discount);
    return discount;
  }

  /** Changes a code for later orders; those that used it keep what they got. @throws as `create`; 409 once archived */
  @Transactional()
  async update(id: string, changes: DiscountChanges, actor: RequestUser): Promise<DiscountCode> {
    const before = await this.getForUpdate(id);
    if (before.archivedAt !== null) throw discountCodeArchived();
    const after: DiscountCode = { ...before, ...changes, updatedAt: this.clock.now() };
    await this.assertValid(after);
    await this.discounts.update(id, changes, after.updatedAt);
    await this.auditForeign('discount_code.updated', before, after, actor);
    return after;
  }

  /** Ends a code for good; orders that used it keep what they got. Archiving twice is the same as once. */
  @Transactional()
  async archive(id: string, actor: RequestUser): Promise<DiscountCode> {
    const before = await this.getForUpdate(id);
    if (before.archivedAt !== null) return before;
    const now = this.clock.now();
    await this.discounts.archive(id, now);
    const after: DiscountCode = { ...before, archivedAt: now, updatedAt: now };
    await this.auditForeign('discount_code.archived', before, after, actor);
    return after;
  }

  /** The seller of a code; null when there is none. */
  async findSellerId(id: string): Promise<string | null> {
    return (await this.discounts.findById(id))?.sellerId ?? null;
  }

  async listOwn(sellerId: string, query: DiscountQuery): Promise<Paginated<DiscountCode>> {
    return this.discounts.list(sellerId, query);
  }

  private async getForUpdate(id: string): Promise<DiscountCode> {
    const discount = await this.discounts.findForUpdate(id);
    if (discount === null) throw discountCodeNotFound();
    return discount;
  }

  private async assertValid(discount: DiscountCode): Promise<void> {
    assertCoherent(discount);
    if (!(await this.products.areOf(discount.sellerId, discount.productIds))) {
      throw discountInvalid('product_ids', "must be the seller's own products");
    }
  }

  private async auditForeign(
    action: string,
    before: DiscountCode,
    after: DiscountCode,
    actor: RequestUser,
  ): Promise<void> {
    if (actor.id === before.sellerId) return;
    await this.audit.record({
      action,
      resourceType: 'discount_code',
      resourceId: before.id,
      oldValues: { ...before },
      newValues: { ...after },
    });
  }
}

function assertCoherent(discount: DiscountCode): void {
  const { percentBps, amountMinor, currency, minOrderAmountMinor, maxUses, uses, startsAt, endsAt } =
    discount;
  if ((percentBps === null) === (amountMinor === null)) {
    throw discountInvalid('percent_bps', 'either percent_bps or amount must be given');
  }
  const hasAmount = amountMinor !== null || minOrderAmountMinor !== null;
  if (hasAmount && currency === null) throw discountInvalid('currency', 'is required with an amount');
  if (!hasAmount && currency !== null) throw discountInvalid('currency', 'is for amounts only');
  if (maxUses !== null && maxUses < uses) {
    throw discountInvalid('max_uses', `must not be less than the ${String(uses)} uses so far`);
  }
  if (startsAt !== null && endsAt !== null && endsAt <= startsAt) {
    throw discountInvalid('ends_at', 'must be after starts_at');
  }
}

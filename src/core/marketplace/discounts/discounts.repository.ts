import { Injectable } from '@nestjs/common';
import type { Paginated } from '../../../common/pagination/index.js';
import { Database, mapUniqueViolation, toSafeInteger } from '../../../infrastructure/database/index.js';
import { Conditions, ListReader } from '../../../infrastructure/lists/index.js';
import { DiscountCodeEntity } from './discount-code.entity.js';
import type { DiscountChanges, DiscountCode, DiscountQuery } from './discount.types.js';
import { discountCodeTaken } from './discounts.errors.js';

type DiscountRow = Omit<DiscountCode, 'amountMinor' | 'minOrderAmountMinor'> & {
  amountMinor: string | null;
  minOrderAmountMinor: string | null;
};

const SELECT = `
  SELECT d.id, d.seller_id AS "sellerId", d.code, d.percent_bps AS "percentBps", d.amount AS "amountMinor",
         d.currency, d.product_ids AS "productIds", d.min_order_amount AS "minOrderAmountMinor",
         d.max_uses AS "maxUses", d.max_uses_per_buyer AS "maxUsesPerBuyer", d.starts_at AS "startsAt",
         d.ends_at AS "endsAt", d.uses, d.archived_at AS "archivedAt", d.created_at AS "createdAt",
         d.updated_at AS "updatedAt"
    FROM discount_codes d`;

/** Rows of discount codes. */
@Injectable()
export class DiscountsRepository {
  constructor(
    private readonly db: Database,
    private readonly lists: ListReader,
  ) {}

  /** @throws DomainError 409 `DISCOUNT_CODE_TAKEN`, decided by the index */
  async insert(discount: DiscountCode): Promise<void> {
    try {
      await this.db.repository(DiscountCodeEntity).insert(discount);
    } catch (error) {
      mapUniqueViolation(error, { discount_codes_code_uq: discountCodeTaken });
    }
  }

  async update(id: string, changes: DiscountChanges, updatedAt: Date): Promise<void> {
    await this.db.repository(DiscountCodeEntity).update({ id }, { ...changes, updatedAt });
  }

  async archive(id: string, archivedAt: Date): Promise<void> {
    await this.db.repository(DiscountCodeEntity).update({ id }, { archivedAt, updatedAt: archivedAt });
  }

  async findById(id: string): Promise<DiscountCode | null> {
    return this.findOne('d.id = $1', id);
  }

  /** The code, locked until the caller's transaction ends: whoever changes or counts it waits. */
  async findForUpdate(id: string): Promise<DiscountCode | null> {
    return this.findOne('d.id = $1 FOR UPDATE', id);
  }

  /** The code that buyers type, locked until the caller's transaction ends; archived ones are gone for them. */
  async findByCodeForUpdate(code: string): Promise<DiscountCode | null> {
    return this.findOne('d.code = $1 AND d.archived_at IS NULL FOR UPDATE', code);
  }

  /** The seller's codes, newest first. */
  async list(sellerId: string, query: DiscountQuery): Promise<Paginated<DiscountCode>> {
    const conditions = new Conditions().addIf(sellerId, 'd.seller_id = ?');
    if (query.isArchived !== undefined) {
      conditions.add(query.isArchived ? 'd.archived_at IS NOT NULL' : 'd.archived_at IS NULL');
    }
    const page = await this.lists.read<DiscountRow>(
      {
        scope: 'discounts',
        select: SELECT,
        conditions,
        sort: { column: 'd.created_at', type: 'timestamptz', descending: true, idColumn: 'd.id' },
        positionOf: (row) => [row.createdAt.toISOString(), row.id],
      },
      query,
    );
    return page.map(discountOf);
  }

  private async findOne(condition: string, value: string): Promise<DiscountCode | null> {
    const [row] = await this.db.query<DiscountRow>(`${SELECT} WHERE ${condition}`, [value]);
    return row === undefined ? null : discountOf(row);
  }
}

const amountOf = (text: string | null): number | null => (text === null ? null : toSafeInteger(text));

const discountOf = (row: DiscountRow): DiscountCode => ({
  ...row,
  amountMinor: amountOf(row.amountMinor),
  minOrderAmountMinor: amountOf(row.minOrderAmountMinor),
});

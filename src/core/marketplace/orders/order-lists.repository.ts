import { Injectable } from '@nestjs/common';
import type { Paginated } from '../../../common/pagination/index.js';
import { toSafeInteger } from '../../../infrastructure/database/index.js';
import { Conditions, ListReader } from '../../../infrastructure/lists/index.js';
import { type OrderRow, SELECT_ORDER } from './order-row.js';
import { orderOf } from './orders.repository.js';
import type { Order, OrderQuery, Sale, SaleQuery } from './orders.types.js';

type SaleAmount =
  'listPriceMinor' | 'discountMinor' | 'unitPriceMinor' | 'platformFeeMinor' | 'netAmountMinor';
type SaleRow = Omit<Sale, SaleAmount> & Record<SaleAmount, string>;

const SELECT_SALE = `
  SELECT i.id, i.order_id AS "orderId", i.product_id AS "productId", i.title, i.license_type AS "licenseType",
         o.status, i.list_price AS "listPriceMinor", i.discount AS "discountMinor", i.unit_price AS "unitPriceMinor", i.platform_fee AS "platformFeeMinor",
         i.net_amount AS "netAmountMinor", o.currency, o.completed_at AS "soldAt"
    FROM order_items i JOIN orders o ON o.id = i.order_id`;

/** Lists of orders and sales, each part read in one statement. */
@Injectable()
export class OrderListsRepository {
  constructor(private readonly lists: ListReader) {}

  /** What the user bought. */
  async listOfBuyer(buyerId: string, query: OrderQuery): Promise<Paginated<Order>> {
    return this.list('orders:buyer', new Conditions().addIf(buyerId, 'o.buyer_id = ?'), query);
  }

  /** Orders with something of the user's in them. */
  async listOfSeller(sellerId: string, query: OrderQuery): Promise<Paginated<Order>> {
    const isSeller = 'EXISTS (SELECT 1 FROM order_items s WHERE s.order_id = o.id AND s.seller_id = ?)';
    return this.list('orders:seller', new Conditions().addIf(sellerId, isSeller), query);
  }

  /** Everybody's orders. */
  async listAll(query: OrderQuery & { buyerId?: string }): Promise<Paginated<Order>> {
    return this.list('orders:all', new Conditions().addIf(query.buyerId, 'o.buyer_id = ?'), query);
  }

  /** Paid items of a seller, the latest sale first. */
  async listSales(sellerId: string, query: SaleQuery): Promise<Paginated<Sale>> {
    const page = await this.lists.read<SaleRow>(
      {
        scope: 'sales',
        select: SELECT_SALE,
        conditions: new Conditions()
          .add('o.completed_at IS NOT NULL')
          .addIf(sellerId, 'i.seller_id = ?')
          .addIf(query.status, 'o.status = ?')
          .addIf(query.from, 'o.completed_at >= ?')
          .addIf(query.to, 'o.completed_at < ?'),
        sort: { column: 'o.completed_at', type: 'timestamptz', descending: true, idColumn: 'i.id' },
        positionOf: (row) => [row.soldAt.toISOString(), row.id],
      },
      query,
    );
    return page.map((row) => ({
      ...row,
      listPriceMinor: toSafeInteger(row.listPriceMinor),
      discountMinor: toSafeInteger(row.discountMinor),
      unitPriceMinor: toSafeInteger(row.unitPriceMinor),
      platformFeeMinor: toSafeInteger(row.platformFeeMinor),
      netAmountMinor: toSafeInteger(row.netAmountMinor),
    }));
  }

  private async list(scope: string, conditions: Conditions, query: OrderQuery): Promise<Paginated<Order>> {
    const page = await this.lists.read<OrderRow>(
      {
        scope,
        select: SELECT_ORDER,
        conditions: conditions.addIf(query.status, 'o.status = ?'),
        sort: { column: 'o.created_at', type: 'timestamptz', descending: true, idColumn: 'o.id' },
        positionOf: (row) => [row.createdAt.toISOString(), row.id],
      },
      query,
    );
    return page.map(orderOf);
  }
}

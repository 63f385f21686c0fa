import { Injectable } from '@nestjs/common';
import type { Paginated } from '../../../common/pagination/index.js';
import type { RequestUser } from '../../../infrastructure/http/access/index.js';
import { LicensesService } from '../licenses/index.js';
import { OrderListsRepository } from './order-lists.repository.js';
import { orderNotFound } from './orders.errors.js';
import { OrdersRepository } from './orders.repository.js';
import type { Order, OrderQuery, Sale, SaleQuery } from './orders.types.js';

/** A sale with how often what it granted was downloaded. */
export type CountedSale = Sale & { downloadCount: number };

/** Reading orders: buyers see theirs, sellers what was sold of theirs, administrators all. */
@Injectable()
export class OrdersService {
  constructor(
    private readonly orders: OrdersRepository,
    private readonly lists: OrderListsRepository,
    private readonly licenses: LicensesService,
  ) {}

  /**
   * The order as the actor may see it; a seller sees their own items only.
   * @throws DomainError 404 `ORDER_NOT_FOUND` for strangers as well (07 7.9.16)
   */
  async getForActor(orderId: string, actor: RequestUser): Promise<Order> {
    const order = await this.orders.findById(orderId);
    if (order === null) throw orderNotFound();
    if (order.buyerId === actor.id || actor.permissions.has('orders.read_all')) return order;
    const seen = asSellerSees(order, actor.id);
    if (seen.items.length === 0) throw orderNotFound();
    return seen;
  }

  /** Whose payment this is; null when the id is none of ours. */
  async findOrderIdByPspPaymentId(paymentId: string): Promise<string | null> {
    return this.orders.findIdByPspPaymentId(paymentId);
  }

  /** What the user bought, or orders with something of the user's in them. */
  async listOwn(userId: string, role: 'buyer' | 'seller', query: OrderQuery): Promise<Paginated<Order>> {
    if (role === 'buyer') return this.lists.listOfBuyer(userId, query);
    return (await this.lists.listOfSeller(userId, query)).map((order) => asSellerSees(order, userId));
  }

  /** Everybody's orders, for administrators. */
  async listAll(query: OrderQuery & { buyerId?: string }): Promise<Paginated<Order>> {
    return this.lists.listAll(query);
  }

  /** What the user sold, with how often it was downloaded. */
  async listSales(sellerId: string, query: SaleQuery): Promise<Paginated<CountedSale>> {
    const sales = await this.lists.listSales(sellerId, query);
    const counts = await this.licenses.findDownloadCounts(sales.items.map((sale) => sale.id));
    return sales.map((sale) => ({ ...sale, downloadCount: counts.get(sale.id) ?? 0 }));
  }
}

/** Sellers do not see what others sold in the same order, nor a code that was for others. */
function asSellerSees(order: Order, sellerId: string): Order {
  const items = order.items.filter((item) => item.sellerId === sellerId);
  const isDiscounted = items.some((item) => item.discountMinor > 0);
  return { ...order, items, discountCode: isDiscounted ? order.discountCode : null };
}

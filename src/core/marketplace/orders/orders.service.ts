import { Injectable } from '@nestjs/common';
import type { Paginated } from '../../../common/pagination/index.js';
import type { RequestUser } from '../../../infrastructure/http/access/index.js';
import { OrderListsRepository } from './order-lists.repository.js';
import { orderNotFound } from './orders.errors.js';
import { OrdersRepository } from './orders.repository.js';
import type { Order, OrderQuery, Sale, SaleQuery } from './orders.types.js';

/** Reading orders: buyers see theirs, sellers what was sold of theirs, administrators all. */
@Injectable()
export class OrdersService {
  constructor(
    private readonly orders: OrdersRepository,
    private readonly lists: OrderListsRepository,
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

  /** What the user sold. */
  async listSales(sellerId: string, query: SaleQuery): Promise<Paginated<Sale>> {
    return this.lists.listSales(sellerId, query);
  }
}

/** Sellers do not see what others sold in the same order. */
const asSellerSees = (order: Order, sellerId: string): Order => ({
  ...order,
  items: order.items.filter((item) => item.sellerId === sellerId),
});

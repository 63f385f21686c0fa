import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/time/index.js';
import { AppConfig } from '../../../infrastructure/config/index.js';
import { Transactional } from '../../../infrastructure/database/index.js';
import { PaymentProvider, providerNotConfigured } from '../payments/index.js';
import { OrderCompletion } from './order-completion.service.js';
import { OrderDraft } from './order-draft.service.js';
import { OrderKeyTaken, orderKeyReused, orderNotFound } from './orders.errors.js';
import { OrdersRepository } from './orders.repository.js';
import type { Order, OrderItem, OrderRequest } from './orders.types.js';

/** Opens an order, before its provider is called. */
@Injectable()
export class OrderOpening {
  private readonly keyTtlMs: number;

  constructor(
    private readonly orders: OrdersRepository,
    private readonly draft: OrderDraft,
    private readonly completion: OrderCompletion,
    private readonly provider: PaymentProvider,
    private readonly clock: Clock,
    config: AppConfig,
  ) {
    this.keyTtlMs = config.get('IDEMPOTENCY_TTL');
  }

  /**
   * A new pending order, or a completed one when it is free; or the one that this key opened before.
   * @throws DomainError 422 `IDEMPOTENCY_KEY_REUSED` when the key belongs to other products, amounts or another code
   */
  async open(buyerId: string, request: OrderRequest, key: string | undefined): Promise<Order> {
    if (key === undefined) return this.insert(buyerId, request, key);
    try {
      return (await this.findOpened(buyerId, request, key)) ?? (await this.insert(buyerId, request, key));
    } catch (error) {
      if (!(error instanceof OrderKeyTaken)) throw error;
      const order = await this.findOpened(buyerId, request, key);
      if (order === null) throw error;
      return order;
    }
  }

  @Transactional()
  protected async insert(buyerId: string, request: OrderRequest, key: string | undefined): Promise<Order> {
    const order = await this.draft.make(buyerId, request);
    if (order.totalAmountMinor > 0 && !this.provider.isConfigured())
      throw providerNotConfigured(this.provider.name);
    if (key !== undefined) {
      await this.orders.releaseKey(buyerId, key, new Date(order.createdAt.getTime() - this.keyTtlMs));
    }
    await this.orders.insert(order, key);
    if (order.totalAmountMinor > 0) return order;
    await this.completion.complete(order);
    return this.getLocked(order.id);
  }

  private async findOpened(buyerId: string, request: OrderRequest, key: string): Promise<Order | null> {
    const order = await this.orders.findByIdempotencyKey(buyerId, key);
    if (order === null || order.createdAt.getTime() + this.keyTtlMs < this.clock.now().getTime()) return null;
    if (!isAskedFor(order, request)) throw orderKeyReused();
    return order;
  }

  private async getLocked(orderId: string): Promise<Order> {
    const order = await this.orders.findForUpdate(orderId);
    if (order === null) throw orderNotFound();
    return order;
  }
}

function isAskedFor(order: Order, { lines, discountCode }: OrderRequest): boolean {
  const isSameItem = (item: OrderItem, index: number): boolean =>
    item.productId === lines[index]?.productId && item.requestedAmountMinor === lines[index].amountMinor;
  return (
    order.discountCode === discountCode &&
    order.items.length === lines.length &&
    order.items.every(isSameItem)
  );
}

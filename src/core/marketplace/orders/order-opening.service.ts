import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/time/index.js';
import { AppConfig } from '../../../infrastructure/config/index.js';
import { Transactional } from '../../../infrastructure/database/index.js';
import { PaymentProvider, providerNotConfigured } from '../payments/index.js';
import { OrderCompletion } from './order-completion.service.js';
import { OrderDraft } from './order-draft.service.js';
import { OrderKeyTaken, orderKeyReused, orderNotFound } from './orders.errors.js';
import { OrdersRepository } from './orders.repository.js';
import type { Order } from './orders.types.js';

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
   * @throws DomainError 422 `IDEMPOTENCY_KEY_REUSED` when the key belongs to other products
   */
  async open(buyerId: string, productIds: readonly string[], key: string | undefined): Promise<Order> {
    if (key === undefined) return this.insert(buyerId, productIds, key);
    try {
      return (
        (await this.findOpened(buyerId, productIds, key)) ?? (await this.insert(buyerId, productIds, key))
      );
    } catch (error) {
      if (!(error instanceof OrderKeyTaken)) throw error;
      const order = await this.findOpened(buyerId, productIds, key);
      if (order === null) throw error;
      return order;
    }
  }

  @Transactional()
  protected async insert(
    buyerId: string,
    productIds: readonly string[],
    key: string | undefined,
  ): Promise<Order> {
    const order = await this.draft.make(buyerId, productIds);
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

  private async findOpened(
    buyerId: string,
    productIds: readonly string[],
    key: string,
  ): Promise<Order | null> {
    const order = await this.orders.findByIdempotencyKey(buyerId, key);
    if (order === null || order.createdAt.getTime() + this.keyTtlMs < this.clock.now().getTime()) return null;
    const ordered = order.items.map((item) => item.productId);
    const isSame =
      ordered.length === productIds.length && ordered.every((id, index) => id === productIds[index]);
    if (!isSame) throw orderKeyReused();
    return order;
  }

  private async getLocked(orderId: string): Promise<Order> {
    const order = await this.orders.findForUpdate(orderId);
    if (order === null) throw orderNotFound();
    return order;
  }
}

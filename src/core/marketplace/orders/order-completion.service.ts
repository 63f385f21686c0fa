import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/time/index.js';
import { Propagation, Transactional } from '../../../infrastructure/database/index.js';
import { OutboxWriter } from '../../../infrastructure/events/index.js';
import { LedgerService, type SellerShare, postings } from '../ledger/index.js';
import { LicensesService } from '../licenses/index.js';
import { OrderClaims } from './order-claims.service.js';
import { orderStates } from './order-states.js';
import { orderCompleted } from './orders.events.js';
import { OrdersRepository } from './orders.repository.js';
import type { Order } from './orders.types.js';

const REFUND_WINDOW_MS = 14 * 24 * 60 * 60 * 1000;

/** The one place where an order becomes a sale. */
@Injectable()
export class OrderCompletion {
  constructor(
    private readonly orders: OrdersRepository,
    private readonly claims: OrderClaims,
    private readonly licenses: LicensesService,
    private readonly ledger: LedgerService,
    private readonly outbox: OutboxWriter,
    private readonly clock: Clock,
  ) {}

  /**
   * Completes an order that the caller holds locked: state, refund deadline (07 7.9.8), what it claims,
   * licences, ledger and event, all in the caller's transaction.
   * @throws DomainError 409 `ALREADY_OWNED` when the buyer got one of the products meanwhile, 409 `EXCLUSIVE_SOLD`
   *   when somebody else bought one of the tracks exclusively, 409 `DISCOUNT_EXHAUSTED` when it is late and
   *   others have used its discount up, 409 `PRODUCT_UNAVAILABLE` when a track was deleted meanwhile
   */
  @Transactional(Propagation.Mandatory)
  async complete(order: Order): Promise<void> {
    orderStates.assert(order.status, 'completed');
    const completedAt = this.clock.now();
    await this.orders.complete(order.id, completedAt, new Date(completedAt.getTime() + REFUND_WINDOW_MS));
    await this.claims.claim(order);
    await this.licenses.grantForOrder(
      { orderId: order.id, buyerId: order.buyerId, currency: order.currency },
      order.items.map((item) => ({
        orderItemId: item.id,
        sellerId: item.sellerId,
        productId: item.productId,
        productTitle: item.title,
        productType: item.productType,
        licenseType: item.licenseType,
        priceMinor: item.unitPriceMinor,
        trackIds: item.trackIds,
      })),
    );
    const sellers = sharesOf(order);
    if (order.totalAmountMinor > 0) {
      await this.ledger.post(
        postings.orderCompleted({ orderId: order.id, currency: order.currency, sellers }),
      );
    }
    await this.outbox.append(orderCompleted, {
      aggregateId: order.id,
      payload: {
        orderId: order.id,
        buyerId: order.buyerId,
        currency: order.currency,
        totalAmountMinor: order.totalAmountMinor,
        sellers: sellers.map(({ sellerId, netMinor, feeMinor }) => ({
          sellerId,
          netAmountMinor: netMinor,
          platformFeeMinor: feeMinor,
        })),
      },
    });
  }
}

/** What each seller of an order gets and what of theirs we keep, one entry per seller in the order of items. */
export function sharesOf({ items }: Pick<Order, 'items'>): SellerShare[] {
  const shares = new Map<string, SellerShare>();
  for (const { sellerId, netAmountMinor, platformFeeMinor } of items) {
    const share = shares.get(sellerId) ?? { sellerId, netMinor: 0, feeMinor: 0 };
    share.netMinor += netAmountMinor;
    share.feeMinor += platformFeeMinor;
    shares.set(sellerId, share);
  }
  return [...shares.values()];
}

import { Injectable } from '@nestjs/common';
import type { Paginated } from '../../../common/pagination/index.js';
import { providerNotConfigured, PaymentProvider } from '../payments/index.js';
import type { RequestUser } from '../../../infrastructure/http/access/index.js';
import { OrdersService } from '../orders/index.js';
import type { Refund } from './refund.entity.js';
import { type OpenedRefund, RefundOpening } from './refund-opening.service.js';
import { type RefundQuery, RefundsRepository } from './refunds.repository.js';

/** What somebody asks for; nothing means the whole order. */
export interface RefundRequest {
  reason?: string;
  items?: readonly { order_item_id: string }[];
  amount?: number;
}

/** Refunds as people see them. */
@Injectable()
export class RefundsService {
  constructor(
    private readonly orders: OrdersService,
    private readonly opening: RefundOpening,
    private readonly refunds: RefundsRepository,
    private readonly provider: PaymentProvider,
  ) {}

  /**
   * Phase 1 (S1): after it the refund is `pending` and everything else happens by itself.
   * What an administrator gives back beyond the rights of buyer and seller waits for a second one, above
   * FOUR_EYES_AMOUNT together with what the order gave back before. The same key finds the same refund again,
   * however far it has come.
   * @throws 404 for strangers, 403 `REFUND_FORBIDDEN`, 400 in the order of 07 7.4, 422 for a part that the
   * order does not have, 409 `APPROVAL_ALREADY_REQUESTED`, 503 without a provider
   */
  async request(
    orderId: string,
    user: RequestUser,
    request: RefundRequest,
    key?: string,
  ): Promise<OpenedRefund> {
    await this.orders.getForActor(orderId, user);
    if (!this.provider.isConfigured()) throw providerNotConfigured(this.provider.name);
    const wish = {
      itemIds: request.items?.map((item) => item.order_item_id),
      amountMinor: request.amount,
    };
    return this.opening.open(orderId, user, { wish, reason: request.reason ?? null, key });
  }

  /** The refunds of an order, newest first, for whoever may see the order. */
  async listOfOrder(orderId: string, user: RequestUser): Promise<Refund[]> {
    await this.orders.getForActor(orderId, user);
    return this.refunds.findOfOrder(orderId);
  }

  /** All refunds, for administrators. */
  async list(query: RefundQuery): Promise<Paginated<Refund>> {
    return this.refunds.list(query);
  }
}

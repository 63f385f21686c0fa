import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/time/index.js';
import { Transactional } from '../../../infrastructure/database/index.js';
import type { RequestUser } from '../../../infrastructure/http/access/index.js';
import { AuditWriter } from '../../audit/index.js';
import { type Approval, Approvals } from '../approvals/index.js';
import { capturedOf, type LockedOrder, OrderRefunds } from '../orders/index.js';
import { chooseRefund, type RefundChoice, type RefundWish } from './refund-choice.js';
import type { Refund } from './refund.entity.js';
import { type RefundSubject, RefundWriter } from './refund-writer.service.js';
import { isWithinRefundWindow, refundDeadlineOf } from './refund-window.js';
import {
  approvedAmountExceeded,
  orderDisputed,
  orderNotRefundable,
  refundAlreadyRequested,
  reasonRequired,
  refundForbidden,
  refundWindowExpired,
} from './refunds.errors.js';

/** Whoever has it may refund any order, at any time; each use is audited (07 7.9.8). */
const REFUND_ANY = 'ownership.override';
/** What a second administrator is asked for above FOUR_EYES_AMOUNT. */
export const REFUND_REQUEST = 'refund.request';

/** What phase 1 led to: a refund that is on its way, or a question to a second administrator. */
export type OpenedRefund = { refund: Refund; approval: null } | { refund: null; approval: Approval };

/** What somebody asks for, why, and with which `Idempotency-Key`. */
export interface RefundOpeningRequest {
  wish: RefundWish;
  reason: string | null;
  key: string | undefined;
}

/** Phase 1: a short transaction under the order's lock that decides and writes everything down (S1). */
@Injectable()
export class RefundOpening {
  constructor(
    private readonly orders: OrderRefunds,
    private readonly writer: RefundWriter,
    private readonly approvals: Approvals,
    private readonly audit: AuditWriter,
    private readonly clock: Clock,
  ) {}

  /** @throws DomainError as `RefundsService.request` says */
  @Transactional()
  async open(
    orderId: string,
    user: RequestUser,
    { wish, reason, key }: RefundOpeningRequest,
  ): Promise<OpenedRefund> {
    const order = await this.orders.lockForRefund(orderId);
    const isParty = order.buyerId === user.id || order.items.some((item) => item.sellerId === user.id);
    const mayOverride = user.permissions.has(REFUND_ANY);
    if (!isParty && !mayOverride) throw refundForbidden();
    const opened = key === undefined ? null : await this.writer.findOpened(order.id, user.id, key);
    if (opened !== null) return { refund: opened, approval: null };
    this.assertRefundable(order, mayOverride);
    const choice = chooseRefund(seenBy(order, user), wish);
    const isOverride = !isParty || !this.isInTime(order);
    if (isOverride && reason === null) throw reasonRequired();
    // With what the order gave back before: several small refunds need no fewer eyes than a large one.
    if (isOverride && this.approvals.isNeeded(order.refundedAmountMinor + choice.amountMinor)) {
      return { refund: null, approval: await this.ask(order, user, choice, reason) };
    }
    const refund = await this.writer.open(order, {
      ...subjectOf(choice, user.id, reason),
      idempotencyKey: key ?? null,
    });
    if (isOverride) await this.record(refund, order, null);
    return { refund, approval: null };
  }

  /**
   * Does what a second administrator allowed, in the approval's own transaction.
   * @throws DomainError 409 `APPROVED_AMOUNT_EXCEEDED` when more is left of the order now than was approved
   */
  @Transactional()
  async openApproved(approval: Approval, markExecuted: () => Promise<void>): Promise<void> {
    const order = await this.orders.lockForRefund(approval.resourceId);
    this.assertRefundable(order, true);
    const choice = chooseRefund(order, approval.payload);
    if (choice.amountMinor > approval.amountMinor) throw approvedAmountExceeded();
    const reason = approval.reason === '' ? null : approval.reason;
    const refund = await this.writer.open(order, subjectOf(choice, approval.requestedBy, reason));
    await this.record(refund, order, approval);
    await markExecuted();
  }

  /** The checks in the order of 07 7.4; money that bought nothing is given back by administrators. */
  private assertRefundable(order: LockedOrder, mayOverride: boolean): void {
    if (order.status === 'refund_pending') throw refundAlreadyRequested();
    const isSold = order.status === 'completed' || order.status === 'partially_refunded';
    const isUnfulfilled = order.unfulfilledAmountMinor !== null && mayOverride;
    if (!isSold && !isUnfulfilled) throw orderNotRefundable();
    if (order.pspPaymentId === null) throw orderNotRefundable();
    if (order.disputedAt !== null) throw orderDisputed();
    if (!this.isInTime(order) && !mayOverride) throw refundWindowExpired(refundDeadlineOf(order));
  }

  private isInTime(order: LockedOrder): boolean {
    return isWithinRefundWindow(order, this.clock.now());
  }

  private async ask(
    order: LockedOrder,
    user: RequestUser,
    { amountMinor, itemIds, isWhole }: RefundChoice,
    reason: string | null,
  ): Promise<Approval> {
    const wish: RefundWish = isWhole ? {} : itemIds === null ? { amountMinor } : { itemIds };
    return this.approvals.request({
      action: REFUND_REQUEST,
      resourceType: 'order',
      resourceId: order.id,
      amountMinor,
      currency: capturedOf(order).currency,
      reason: reason ?? '',
      payload: { ...wish },
      requestedBy: user.id,
    });
  }

  private async record(refund: Refund, order: LockedOrder, approval: Approval | null): Promise<void> {
    await this.audit.record({
      action: 'refund.request',
      resourceType: 'refund',
      resourceId: refund.id,
      ...(approval === null ? {} : { userId: approval.requestedBy }),
      details: {
        order_id: order.id,
        reason: refund.reason,
        refund_deadline: refundDeadlineOf(order).toISOString(),
        is_after_deadline: !this.isInTime(order),
        ...(approval === null ? {} : { approval_id: approval.id, approved_by: approval.decidedBy }),
      },
      oldValues: { order_status: order.status, refunded_amount: order.refundedAmountMinor },
      newValues: { amount: refund.amount, currency: refund.currency },
    });
  }
}

/** A seller who neither bought the order nor administers it sees the own items only. */
function seenBy(order: LockedOrder, user: RequestUser): LockedOrder & { choosableIds?: string[] } {
  const isRestricted = order.buyerId !== user.id && !user.permissions.has(REFUND_ANY);
  if (!isRestricted) return order;
  const own = order.items.filter((item) => item.sellerId === user.id).map((item) => item.id);
  return { ...order, choosableIds: own };
}

/** A full refund names its amount; it equals what null would mean (07 7.9.19). */
const subjectOf = (
  { amountMinor, itemIds }: RefundChoice,
  initiatorId: string,
  reason: string | null,
): RefundSubject => ({ origin: 'request', amount: amountMinor, itemIds, initiatorId, reason });

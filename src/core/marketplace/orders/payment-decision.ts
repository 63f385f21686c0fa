import type { PaymentExceptionKind, ProviderEvent } from '../payments/index.js';
import type { OrderStatus } from './order-states.js';
import type { Order } from './orders.types.js';

/** What a verified message about a payment means for its order. */
export type PaymentDecision =
  | { kind: 'ignore' }
  /** Only the provider's word is noted. */
  | { kind: 'note' }
  /** `isLate`: the order had ended before (07 7.9.11). */
  | { kind: 'complete'; isLate: boolean }
  | { kind: 'end'; status: Extract<OrderStatus, 'failed' | 'expired' | 'cancelled'> }
  | { kind: 'exception'; exception: PaymentExceptionKind; message: string }
  /** The money is here and buys nothing; `givesBack` when it goes back by itself. */
  | ({ kind: 'unfulfillable' } & Unfulfillable);

/** Why money that arrived bought nothing. */
export interface Unfulfillable {
  exception: PaymentExceptionKind;
  message: string;
  givesBack: boolean;
}

type PaymentNews = Pick<ProviderEvent, 'status' | 'amountMinor' | 'currency' | 'updatedAt'>;
type OrderState = Pick<
  Order,
  'status' | 'totalAmountMinor' | 'currency' | 'paymentUpdatedAt' | 'unfulfilledAmountMinor'
>;

const SOLD: readonly OrderStatus[] = ['completed', 'refund_pending', 'partially_refunded', 'refunded'];
const ENDINGS: Readonly<Record<string, 'failed' | 'expired' | 'cancelled'>> = {
  failed: 'failed',
  expired: 'expired',
  cancelled: 'cancelled',
  cancelled_post_capture: 'cancelled',
};

/**
 * The payment half of the reducer, as a pure function (07 7.9.3, 7.9.11; 08 3.3). A success is judged by the
 * order alone and never by its age; everything else is dropped when something newer is known already.
 */
export function decideOnPayment(order: OrderState, news: PaymentNews): PaymentDecision {
  if (news.status === 'succeeded') return decideOnSuccess(order, news);
  if (isStale(order, news)) return { kind: 'ignore' };
  const ending = ENDINGS[news.status ?? ''];
  if (ending !== undefined) return decideOnEnding(order, ending, news);
  if (news.status?.startsWith('partially_captured') === true) {
    return exception('payment_partially_captured', 'Only a part of the price was captured');
  }
  return order.status === 'pending' ? { kind: 'note' } : { kind: 'ignore' };
}

function decideOnSuccess(order: OrderState, { amountMinor, currency }: PaymentNews): PaymentDecision {
  if (SOLD.includes(order.status) || order.unfulfilledAmountMinor !== null) return { kind: 'ignore' };
  if (amountMinor !== order.totalAmountMinor || currency !== order.currency) {
    return {
      kind: 'unfulfillable',
      exception: 'payment_amount_mismatch',
      message: `Paid ${String(amountMinor)} ${String(currency)} for an order of ${String(order.totalAmountMinor)} ${order.currency}`,
      givesBack: false,
    };
  }
  if (order.status === 'cancelled') {
    return {
      kind: 'unfulfillable',
      exception: 'payment_after_cancel',
      message: 'A cancelled order was paid',
      givesBack: true,
    };
  }
  return { kind: 'complete', isLate: order.status !== 'pending' };
}

function decideOnEnding(
  order: OrderState,
  ending: 'failed' | 'expired' | 'cancelled',
  { updatedAt }: PaymentNews,
): PaymentDecision {
  if (order.status === 'pending') return { kind: 'end', status: ending };
  // Said at the same moment as the success, the success is the later word: nothing ends what has succeeded.
  const isTie = updatedAt?.getTime() === order.paymentUpdatedAt?.getTime() && updatedAt !== undefined;
  if (!isTie && (SOLD.includes(order.status) || order.unfulfilledAmountMinor !== null)) {
    return exception('payment_lost_after_success', `The payment of a paid order is reported as ${ending}`);
  }
  return { kind: 'ignore' };
}

const isStale = (order: OrderState, { updatedAt }: PaymentNews): boolean =>
  order.paymentUpdatedAt !== null && updatedAt !== undefined && updatedAt < order.paymentUpdatedAt;

const exception = (kind: PaymentExceptionKind, message: string): PaymentDecision => ({
  kind: 'exception',
  exception: kind,
  message,
});

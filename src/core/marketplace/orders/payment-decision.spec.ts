import fc from 'fast-check';
import { ORDER_STATUSES, type OrderStatus, orderStates } from './order-states.js';
import { decideOnPayment } from './payment-decision.js';

const at = (minute: number): Date => new Date(Date.UTC(2026, 0, 1, 12, minute));
const order = (status: OrderStatus, paymentUpdatedAt: Date | null = null) => ({
  status,
  totalAmountMinor: 2500,
  currency: 'EUR',
  paymentUpdatedAt,
  unfulfilledAmountMinor: null,
});
const news = (status: string, updatedAt = at(5)) => ({
  status,
  amountMinor: 2500,
  currency: 'EUR',
  updatedAt,
});
const exception = (name: string) =>
  expect.objectContaining({ kind: 'exception', exception: name }) as unknown;
const unfulfillable = (name: string, givesBack: boolean) =>
  expect.objectContaining({ kind: 'unfulfillable', exception: name, givesBack }) as unknown;

const IGNORE = { kind: 'ignore' };
const NOTE = { kind: 'note' };
const end = (status: string) => ({ kind: 'end', status });
const lost = exception('payment_lost_after_success');
const partial = exception('payment_partially_captured');

const SOLD = {
  succeeded: IGNORE,
  failed: lost,
  expired: lost,
  cancelled: lost,
  processing: IGNORE,
  partially_captured: partial,
};

/** What each word of the provider does to an order in each state. */
const MATRIX: Record<OrderStatus, Record<string, unknown>> = {
  pending: {
    succeeded: { kind: 'complete', isLate: false },
    failed: end('failed'),
    expired: end('expired'),
    cancelled: end('cancelled'),
    processing: NOTE,
    partially_captured: partial,
  },
  failed: {
    succeeded: { kind: 'complete', isLate: true },
    failed: IGNORE,
    expired: IGNORE,
    cancelled: IGNORE,
    processing: IGNORE,
    partially_captured: partial,
  },
  expired: {
    succeeded: { kind: 'complete', isLate: true },
    failed: IGNORE,
    expired: IGNORE,
    cancelled: IGNORE,
    processing: IGNORE,
    partially_captured: partial,
  },
  cancelled: {
    succeeded: unfulfillable('payment_after_cancel', true),
    failed: IGNORE,
    expired: IGNORE,
    cancelled: IGNORE,
    processing: IGNORE,
    partially_captured: partial,
  },
  completed: SOLD,
  refund_pending: SOLD,
  partially_refunded: SOLD,
  refunded: SOLD,
};

describe('what a payment does to its order', () => {
  const cases = ORDER_STATUSES.flatMap((status) =>
    Object.entries(MATRIX[status]).map(([word, expected]) => [status, word, expected] as const),
  );

  it.each(cases)('%s, told %s', (status, word, expected) => {
    expect(decideOnPayment(order(status), news(word))).toEqual(expected);
  });

  it.each([
    ['another amount', { amountMinor: 2499 }],
    ['another currency', { currency: 'USD' }],
    ['no amount', { amountMinor: undefined }],
    ['no currency', { currency: undefined }],
  ])('completes nothing for %s', (_what, change) => {
    for (const status of ['pending', 'failed', 'expired', 'cancelled'] as const) {
      expect(decideOnPayment(order(status), { ...news('succeeded'), ...change })).toEqual(
        unfulfillable('payment_amount_mismatch', false),
      );
    }
  });

  it('takes the payment of an order once: what bought nothing never buys later, and its loss is a case', () => {
    for (const status of ['failed', 'expired', 'cancelled'] as const) {
      const paid = { ...order(status), unfulfilledAmountMinor: 2499 };
      expect(decideOnPayment(paid, news('succeeded'))).toEqual(IGNORE);
      expect(decideOnPayment(paid, { ...news('succeeded'), amountMinor: 2499 })).toEqual(IGNORE);
      expect(decideOnPayment(paid, news('cancelled'))).toEqual(lost);
    }
  });

  it('drops what is older than what it knows, but never a success', () => {
    expect(decideOnPayment(order('pending', at(9)), news('failed', at(5)))).toEqual(IGNORE);
    expect(decideOnPayment(order('completed', at(9)), news('failed', at(5)))).toEqual(IGNORE);
    expect(decideOnPayment(order('failed', at(9)), news('succeeded', at(5)))).toEqual({
      kind: 'complete',
      isLate: true,
    });
  });

  it('takes a success for the later word when an ending has the same time', () => {
    expect(decideOnPayment(order('completed', at(5)), news('expired', at(5)))).toEqual(IGNORE);
    expect(decideOnPayment(order('completed', at(5)), news('expired', at(6)))).toEqual(lost);
  });

  it('lets a word without a time count as new', () => {
    const timeless = { ...news('failed'), updatedAt: undefined };
    expect(decideOnPayment(order('pending', at(9)), timeless)).toEqual(end('failed'));
  });

  it('ends in the same state in whatever order and however often failures and the success arrive', () => {
    const events = [news('processing', at(1)), news('failed', at(2)), news('succeeded', at(3))];
    const deliveries = fc.shuffledSubarray([...events, ...events, ...events], { minLength: 9, maxLength: 9 });
    fc.assert(
      fc.property(deliveries, (delivered) => {
        let state = order('pending');
        for (const event of delivered) {
          const decision = decideOnPayment(state, event);
          expect(['exception', 'unfulfillable']).not.toContain(decision.kind);
          if (decision.kind === 'ignore') continue;
          const status =
            decision.kind === 'complete'
              ? 'completed'
              : decision.kind === 'end'
                ? decision.status
                : state.status;
          if (status !== state.status) orderStates.assert(state.status, status);
          state = order(status, event.updatedAt);
        }
        expect(state.status).toBe('completed');
      }),
    );
  });
});

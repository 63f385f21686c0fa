import { ORDER_STATUSES, type OrderStatus, orderStates } from './order-states.js';

const ALLOWED: Record<OrderStatus, OrderStatus[]> = {
  pending: ['completed', 'failed', 'expired', 'cancelled'],
  completed: ['refund_pending'],
  refund_pending: ['completed', 'partially_refunded', 'refunded'],
  partially_refunded: ['refund_pending', 'refunded', 'completed'],
  refunded: ['refund_pending', 'completed', 'partially_refunded'],
  failed: ['completed'],
  expired: ['completed'],
  cancelled: [],
};

describe('the life of an order', () => {
  const matrix = ORDER_STATUSES.flatMap((from) =>
    ORDER_STATUSES.map((to) => [from, to, ALLOWED[from].includes(to)] as const),
  );

  it.each(matrix)('from %s to %s is allowed: %s', (from, to, isAllowed) => {
    expect(orderStates.can(from, to)).toBe(isAllowed);
    if (isAllowed) orderStates.assert(from, to);
    else expect(() => orderStates.assert(from, to)).toThrow(/cannot go from/);
  });

  it('never refunds a completed order directly (07 7.3)', () => {
    expect(orderStates.can('completed', 'refunded')).toBe(false);
  });

  it('ends for good only when it is cancelled (07 7.9.11)', () => {
    expect(ORDER_STATUSES.filter((status) => orderStates.isTerminal(status))).toEqual(['cancelled']);
  });
});

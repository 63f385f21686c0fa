import { type CheckedPayment, isFinalStatus, stepOf } from './payment-check-step.js';

const open: CheckedPayment = {
  status: 'requires_payment_method',
  hasOrderEnded: false,
  isAtLimit: false,
  mayStillArrive: false,
};

describe('what a check of a payment does', () => {
  it.each([
    'succeeded',
    'failed',
    'expired',
    'cancelled',
    'processing',
    'review',
    'partially_captured',
    'new',
  ])('reports %s, at any age', (status) => {
    expect(stepOf({ ...open, status })).toBe('report');
    expect(stepOf({ ...open, status, isAtLimit: true, hasOrderEnded: true })).toBe('report');
  });

  it.each([
    'requires_payment_method',
    'requires_confirmation',
    'requires_customer_action',
    'requires_capture',
  ])('waits for the buyer while the payment is %s, and cancels it at the limit', (status) => {
    expect(stepOf({ ...open, status })).toBe('wait');
    expect(stepOf({ ...open, status, isAtLimit: true })).toBe('cancel');
  });

  it('closes the open payment of an order that has ended, too', () => {
    expect(stepOf({ ...open, hasOrderEnded: true, isAtLimit: true })).toBe('cancel');
  });

  it('ends a pending order whose payment never arrived, but not while it may be on its way', () => {
    expect(stepOf({ ...open, status: null })).toBe('report_absent');
    expect(stepOf({ ...open, status: null, mayStillArrive: true })).toBe('wait');
    expect(stepOf({ ...open, status: null, hasOrderEnded: true })).toBe('wait');
  });

  it('knows which words end an order', () => {
    expect(['succeeded', 'cancelled', null].map(isFinalStatus)).toEqual([true, true, true]);
    expect(['processing', 'review', 'partially_captured'].map(isFinalStatus)).toEqual([false, false, false]);
  });
});

import fc from 'fast-check';
import { reduceRefund, type ReducedRefund, type RefundReport } from './refund-reducer.js';
import type { RefundStatus } from './refund-states.js';

const refund = (over: Partial<ReducedRefund> = {}): ReducedRefund => ({
  status: 'pending',
  amountMinor: 2500,
  currency: 'EUR',
  pspPaymentId: 'pay_1',
  contradictedAt: null,
  providerUpdatedAt: null,
  ...over,
});
const report = (status?: string, over: Partial<RefundReport> = {}): RefundReport => ({
  status,
  amountMinor: 2500,
  currency: 'EUR',
  paymentId: 'pay_1',
  ...over,
});

describe('refund reducer', () => {
  it.each([
    ['pending', 'succeeded', 'succeed'],
    ['pending', 'failed', 'fail'],
    ['pending', 'review', 'review'],
    ['pending', 'pending', 'ignore'],
    ['pending', 'processing', 'ignore'],
    ['pending', undefined, 'ignore'],
    ['succeeded', 'succeeded', 'ignore'],
    ['succeeded', 'failed', 'contradict'],
    ['succeeded', 'review', 'ignore'],
    ['failed', 'failed', 'ignore'],
    ['failed', 'succeeded', 'contradict'],
    ['failed', 'pending', 'ignore'],
  ] as const)('a %s refund that is reported %s: %s', (status: RefundStatus, reported, step) => {
    expect(reduceRefund(refund({ status }), report(reported))).toBe(step);
  });

  it.each([
    ['amount', { amountMinor: 2400 }],
    ['currency', { currency: 'USD' }],
    ['payment', { paymentId: 'pay_2' }],
  ])('settles nothing when the %s is another', (_, over) => {
    expect(reduceRefund(refund(), report('succeeded', over))).toBe('mismatch');
  });

  it('takes what was not said for agreement', () => {
    expect(reduceRefund(refund(), { status: 'succeeded' })).toBe('succeed');
  });

  it('lets an older report of the opposite pass, and a newer one contradict', () => {
    const at = (minute: number): Date => new Date(Date.UTC(2026, 0, 1, 12, minute));
    const failed = refund({ status: 'failed', providerUpdatedAt: at(5) });
    expect(reduceRefund(failed, report('succeeded', { updatedAt: at(4) }))).toBe('ignore');
    expect(reduceRefund(failed, report('succeeded', { updatedAt: at(6) }))).toBe('contradict');
    expect(reduceRefund(failed, report('succeeded'))).toBe('contradict');
  });

  it('hears a contradiction once', () => {
    expect(reduceRefund(refund({ status: 'succeeded', contradictedAt: new Date() }), report('failed'))).toBe(
      'ignore',
    );
  });

  it('ends a refund at most once, in whatever order and however often reports arrive', () => {
    const statuses = fc.array(fc.constantFrom('pending', 'processing', 'review', 'succeeded', 'failed'));
    fc.assert(
      fc.property(statuses, (reports) => {
        let state = refund();
        let endings = 0;
        for (const status of reports) {
          const step = reduceRefund(state, report(status));
          if (step === 'succeed' || step === 'fail') {
            endings += 1;
            state = { ...state, status: step === 'succeed' ? 'succeeded' : 'failed' };
          }
          if (step === 'contradict') state = { ...state, contradictedAt: new Date() };
        }
        const first = reports.find((status) => status === 'succeeded' || status === 'failed');
        expect(endings).toBe(first === undefined ? 0 : 1);
        expect(state.status).toBe(first ?? 'pending');
        expect(state.contradictedAt !== null).toBe(
          reports.includes('succeeded') && reports.includes('failed'),
        );
      }),
    );
  });
});

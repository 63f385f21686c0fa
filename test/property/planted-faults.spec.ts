import fc from 'fast-check';
import type * as DisputeReducer from '../../src/core/marketplace/disputes/dispute-reducer.js';
import type * as PaymentDecision from '../../src/core/marketplace/orders/payment-decision.js';
import type * as RefundReducer from '../../src/core/marketplace/refunds/refund-reducer.js';
import { checkProperty } from './check.js';
import { assertNothingBreaks } from './one-life.js';
import { plans } from './plan.js';

jest.setTimeout(3_600_000);

type DecideOnPayment = typeof PaymentDecision.decideOnPayment;
type ReduceRefund = typeof RefundReducer.reduceRefund;
type ReduceDispute = typeof DisputeReducer.reduceDispute;

/** What the application decides with; a fault puts a spoilt one in the place of the real one. */
interface Reducers {
  decideOnPayment: (real: DecideOnPayment) => DecideOnPayment;
  reduceRefund: (real: ReduceRefund) => ReduceRefund;
  reduceDispute: (real: ReduceDispute) => ReduceDispute;
}

const mockHonest: Reducers = {
  decideOnPayment: (real) => real,
  reduceRefund: (real) => real,
  reduceDispute: (real) => real,
};
let mockReducers: Reducers = mockHonest;

jest.mock('../../src/core/marketplace/orders/payment-decision.js', () => {
  const real = jest.requireActual<typeof PaymentDecision>(
    '../../src/core/marketplace/orders/payment-decision.js',
  );
  const decideOnPayment: DecideOnPayment = (...input) =>
    mockReducers.decideOnPayment(real.decideOnPayment)(...input);
  return { ...real, decideOnPayment };
});
jest.mock('../../src/core/marketplace/refunds/refund-reducer.js', () => {
  const real = jest.requireActual<typeof RefundReducer>(
    '../../src/core/marketplace/refunds/refund-reducer.js',
  );
  const reduceRefund: ReduceRefund = (...input) => mockReducers.reduceRefund(real.reduceRefund)(...input);
  return { ...real, reduceRefund };
});

jest.mock('../../src/core/marketplace/disputes/dispute-reducer.js', () => {
  const real = jest.requireActual<typeof DisputeReducer>(
    '../../src/core/marketplace/disputes/dispute-reducer.js',
  );
  const reduceDispute: ReduceDispute = (...input) => mockReducers.reduceDispute(real.reduceDispute)(...input);
  return { ...real, reduceDispute };
});

interface PlantedFault {
  fault: string;
  plant: Partial<Reducers>;
}

const FAULTS: readonly PlantedFault[] = [
  {
    fault: 'a refund over another sum is taken for ours',
    plant: {
      reduceRefund: (real) => (refund, report) => {
        const step = real(refund, report);
        return step === 'mismatch' && refund.status === 'pending' ? 'succeed' : step;
      },
    },
  },
  {
    fault: 'a success that is taken back is ignored',
    plant: {
      reduceRefund: (real) => (refund, report) => {
        const step = real(refund, report);
        return step === 'contradict' ? 'ignore' : step;
      },
    },
  },
  {
    fault: 'a failed refund is taken for a succeeded one',
    plant: {
      reduceRefund: (real) => (refund, report) => {
        const step = real(refund, report);
        return step === 'fail' ? 'succeed' : step;
      },
    },
  },
  {
    fault: 'a success is applied again to a refund that has ended',
    plant: {
      reduceRefund: (real) => (refund, report) =>
        refund.status !== 'pending' && report.status === 'succeeded' ? 'succeed' : real(refund, report),
    },
  },
  {
    fault: 'a payment over another sum completes the order',
    plant: {
      decideOnPayment: (real) => (order, news) =>
        real(order, { ...news, amountMinor: order.totalAmountMinor, currency: order.currency }),
    },
  },
  {
    fault: 'a payment that succeeds after it had failed is ignored',
    plant: {
      decideOnPayment: (real) => (order, news) => {
        const decision = real(order, news);
        return decision.kind === 'complete' && decision.isLate ? { kind: 'ignore' } : decision;
      },
    },
  },
  {
    fault: 'a paid order is completed again by the same news',
    plant: {
      decideOnPayment: (real) => (order, news) =>
        news.status === 'succeeded' && order.status !== 'pending'
          ? { kind: 'complete', isLate: true }
          : real(order, news),
    },
  },
  {
    fault: 'a lost dispute is taken for a won one',
    plant: {
      reduceDispute: (real) => (dispute, report) =>
        real(dispute, { ...report, status: report.status === 'lost' ? 'won' : report.status }),
    },
  },
];

/**
 * The proof that the properties can fail: each fault stands in a reducer through a module mock of this file, and
 * the same random lives must find it and name the rule that it breaks.
 */
describe('a fault in a reducer', () => {
  afterEach(() => {
    mockReducers = mockHonest;
  });

  it.each(FAULTS)('is found: $fault', async ({ fault, plant }) => {
    mockReducers = { ...mockHonest, ...plant };
    const details = await checkProperty(`planted: ${fault}`, fc.asyncProperty(plans, assertNothingBreaks), {
      runs: 40,
      isSlow: true,
    });
    expect(details.failed).toBe(true);
    const { message } = details.errorInstance as Error;
    process.stdout.write(`  found by: ${message.split('\n')[0]!}\n`);
    // By an invariant, not by an operation that broke off; by which one depends on the life.
    expect(message).toMatch(/^I\d+/m);
  });
});

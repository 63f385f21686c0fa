import fc from 'fast-check';
import { decideOnPayment } from '../../src/core/marketplace/orders/payment-decision.js';
import { reduceRefund } from '../../src/core/marketplace/refunds/refund-reducer.js';
import { expectProperty } from './check.js';
import { shuffled } from './shuffle.js';

const RUNS = 2_000;
const PRICE_MINOR = 2_500;
const EPOCH_MS = Date.UTC(2026, 0, 1);
const at = (step: number): Date => new Date(EPOCH_MS + step * 1_000);

type OrderModel = Parameters<typeof decideOnPayment>[0];
type RefundModel = Parameters<typeof reduceRefund>[0];

/** What the inbox would do with the decision; exceptions are counted apart, because a person closes them. */
function applyPayment(
  order: OrderModel,
  status: string,
  updatedAt: Date,
  amountMinor = PRICE_MINOR,
): OrderModel {
  const decision = decideOnPayment(order, { status, updatedAt, amountMinor, currency: 'EUR' });
  if (decision.kind === 'ignore') return order;
  const isNewer = order.paymentUpdatedAt === null || updatedAt > order.paymentUpdatedAt;
  const noted = { ...order, paymentUpdatedAt: isNewer ? updatedAt : order.paymentUpdatedAt };
  if (decision.kind === 'complete') return { ...noted, status: 'completed' };
  return decision.kind === 'end' ? { ...noted, status: decision.status } : noted;
}

function applyRefund(refund: RefundModel, status: string, updatedAt?: Date): RefundModel {
  const step = reduceRefund(refund, { status, amountMinor: refund.amountMinor, currency: 'EUR', updatedAt });
  const told = { providerUpdatedAt: updatedAt ?? refund.providerUpdatedAt };
  if (step === 'succeed') return { ...refund, ...told, status: 'succeeded' };
  if (step === 'fail') return { ...refund, ...told, status: 'failed' };
  return step === 'contradict' ? { ...refund, ...told, contradictedAt: at(0) } : refund;
}

/** Whether the buyer has the money: a contradicted refund is the opposite of its state (07 7.9.17). */
const isGivenBack = (refund: RefundModel): boolean =>
  refund.status !== 'pending' && (refund.status === 'succeeded') === (refund.contradictedAt === null);

const newOrder = (): OrderModel => ({
  status: 'pending',
  totalAmountMinor: PRICE_MINOR,
  currency: 'EUR',
  paymentUpdatedAt: null,
  unfulfilledAmountMinor: null,
});

const newRefund = (): RefundModel => ({
  status: 'pending',
  amountMinor: PRICE_MINOR,
  currency: 'EUR',
  pspPaymentId: 'pay_1',
  contradictedAt: null,
  providerUpdatedAt: null,
});

/** The reports of one payment in the order in which they happened; providers say success once, and last. */
const paymentHistory = fc
  .record({
    before: fc.array(fc.constantFrom('processing', 'requires_customer_action', 'failed', 'expired'), {
      maxLength: 4,
    }),
    isPaid: fc.boolean(),
  })
  .map(({ before, isPaid }) => [...before, ...(isPaid ? ['succeeded'] : [])])
  .filter((history) => history.length > 0);

describe('the reducers, without an application', () => {
  it('I10: a payment that succeeded completes its order, in whatever order and number its reports come', async () => {
    const property = fc.property(paymentHistory, fc.nat(), fc.nat(3), (history, seed, repeats) => {
      const reports = history.map((status, step) => ({ status, updatedAt: at(step) }));
      const deliveries = shuffled([...reports, ...reports.slice(0, repeats)], seed);
      const inOrder = reports.reduce(
        (order, report) => applyPayment(order, report.status, report.updatedAt),
        newOrder(),
      );
      const shuffledly = deliveries.reduce(
        (order, report) => applyPayment(order, report.status, report.updatedAt),
        newOrder(),
      );
      const isPaid = history.at(-1) === 'succeeded';
      expect(inOrder.status === 'completed').toBe(isPaid);
      expect(shuffledly.status === 'completed').toBe(isPaid);
    });
    await expectProperty('I10 payments', property, { runs: RUNS });
  });

  it('a success over another sum never completes an order', async () => {
    const property = fc.property(
      paymentHistory,
      fc.integer({ min: 0, max: 10_000 }).filter((amountMinor) => amountMinor !== PRICE_MINOR),
      (history, amountMinor) => {
        const order = history.reduce(
          (state, status, step) => applyPayment(state, status, at(step), amountMinor),
          newOrder(),
        );
        expect(order.status).not.toBe('completed');
      },
    );
    await expectProperty('another sum buys nothing', property, { runs: RUNS });
  });

  it('I10: reports of a refund with one ending give the same end in whatever order and number they come', async () => {
    const property = fc.property(
      fc.constantFrom('succeeded', 'failed'),
      fc.array(fc.constantFrom('pending', 'processing', 'review'), { maxLength: 4 }),
      fc.integer({ min: 1, max: 3 }),
      fc.nat(),
      (ending, before, times, seed) => {
        const reports = shuffled([...before, ...Array<string>(times).fill(ending)], seed);
        const refund = reports.reduce((state, status) => applyRefund(state, status), newRefund());
        expect(refund).toMatchObject({ status: ending, contradictedAt: null });
      },
    );
    await expectProperty('I10 refunds', property, { runs: RUNS });
  });

  it('I10: of two endings the later one counts, in whatever order and number they come', async () => {
    const endings = fc.constantFrom<readonly string[]>(['succeeded', 'failed'], ['failed', 'succeeded']);
    const property = fc.property(endings, fc.nat(4), fc.nat(), ([first, last], repeats, seed) => {
      const told = [
        { status: first!, updatedAt: at(1) },
        { status: last!, updatedAt: at(2) },
      ];
      const again = Array.from({ length: repeats }, (_, index) => told[index % 2]!);
      const refund = shuffled([...told, ...again], seed).reduce(
        (state, { status, updatedAt }) => applyRefund(state, status, updatedAt),
        newRefund(),
      );
      expect(isGivenBack(refund)).toBe(last === 'succeeded');
    });
    await expectProperty('I10 contradictions', property, { runs: RUNS });
  });

  it('I8: what has ended stays as it ended, whatever is reported', async () => {
    const property = fc.property(
      fc.constantFrom('succeeded', 'failed'),
      fc.array(fc.constantFrom('pending', 'review', 'succeeded', 'failed'), { maxLength: 8 }),
      (ending, later) => {
        const ended = applyRefund(newRefund(), ending);
        const refund = later.reduce((state, status) => applyRefund(state, status), ended);
        expect(refund.status).toBe(ending);
        expect(refund.contradictedAt !== null).toBe(later.some((status) => isOpposite(status, ending)));
      },
    );
    await expectProperty('I8 refunds', property, { runs: RUNS });
  });
});

const isOpposite = (status: string, ending: string): boolean =>
  (status === 'succeeded' || status === 'failed') && status !== ending;

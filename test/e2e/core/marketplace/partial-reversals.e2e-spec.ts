import { waitFor } from '../../../support/index.js';
import { PayoutsService } from '../../../../src/core/marketplace/payouts/index.js';
import { MoneyWorld, type PaidOrder, type Seller } from './money-world.js';

const CREATE = { method: 'POST', path: '^/v1/transfers$' };
const REVERSE = { method: 'POST', path: '/reversals$' };
const MINUTE_MS = 60_000;

describe('partial refunds and the transfers of their order (07 7.9.6, 7.9.7)', () => {
  let world: MoneyWorld;
  let seller: Seller;

  beforeAll(async () => {
    world = await MoneyWorld.create();
  });
  beforeEach(async () => {
    seller = await world.seller();
  });
  afterAll(() => world.close());
  afterEach(async () => {
    world.calm();
    await world.expectBooksToAgree();
    await world.expectInvariants();
  });

  const jobAt = (ms: number): Promise<Record<string, number>> => {
    world.test.clock.advance(ms);
    return world.runRetryJob();
  };
  /** A refund of this amount, requested and confirmed by the provider. */
  const givenBack = async (order: PaidOrder, amountMinor: number): Promise<void> => {
    const response = await world.requestRefund(order.id, order.buyer, { amount: amountMinor });
    expect(response.status).toBe(202);
    const refund = await waitFor(
      async () => {
        const newest = await world.refund(order.id);
        return newest.psp_ack_at === null ? null : newest;
      },
      { what: 'an acknowledged refund' },
    );
    world.sandbox.succeedRefund(refund.psp_refund_id);
    await waitFor(async () => (await world.refund(order.id)).status === 'succeeded');
  };
  const refuse = (code: string, match: typeof CREATE): void => {
    const error = { type: 'invalid_request_error', code, message: 'no' };
    world.sandbox.orderFault({ fault: 'status', status: 400, body: { error }, match });
  };
  const atStripe = (order: PaidOrder): { amountMinor: number; amountReversedMinor: number }[] =>
    world.sandbox.books().transfers.filter((row) => row.transferGroup === `order_${order.id}`);

  it('takes several parts back, each with its own reversal, until nothing is left', async () => {
    const order = await world.paidOrder([seller], { priceMinor: 999 });
    await givenBack(order, 333);
    await world.transfersAre(order.id, 'completed');
    const first = await world.transfer(order.id);
    expect(first).toMatchObject({ amount: '899', reversed_at: null });
    expect(first.amount_reversed).toBe(first.taken_back);
    await givenBack(order, 333);
    await givenBack(order, 333);
    await world.transfersAre(order.id, 'reversed');
    expect(await world.transfer(order.id)).toMatchObject({ taken_back: '899', amount_reversed: '899' });
    const reversals = await world.reversals(order.id);
    expect(reversals.map((row) => row.status)).toEqual(['succeeded', 'succeeded', 'succeeded']);
    expect(new Set(reversals.map((row) => row.stripe_reversal_id)).size).toBe(3);
    expect(atStripe(order)).toMatchObject([{ amountMinor: 899, amountReversedMinor: 899 }]);
    expect(await world.payable(seller.id)).toBe(0);
  });

  it('shrinks a transfer that never left, and sends the rest', async () => {
    refuse('parameter_invalid_integer', CREATE);
    const order = await world.paidOrder([seller], { priceMinor: 1000, transfers: 'failed' });
    await givenBack(order, 400);
    expect(await world.transfer(order.id)).toMatchObject({ status: 'failed', reduced: '360', amount: null });
    await jobAt(MINUTE_MS);
    await world.transfersAre(order.id, 'completed');
    expect(await world.transfer(order.id)).toMatchObject({ amount: '540', reduced: '360', withheld: '0' });
    await givenBack(order, 600);
    await world.transfersAre(order.id, 'reversed');
    expect(atStripe(order)).toMatchObject([{ amountMinor: 540, amountReversedMinor: 540 }]);
    expect(await world.payable(seller.id)).toBe(0);
  });

  it('remembers a part of a transfer that is on its way, and takes it back when it has arrived', async () => {
    world.sandbox.orderFault({ fault: 'hold', match: CREATE });
    const order = await world.paidOrder([seller], { priceMinor: 1000, transfers: 'processing' });
    await waitFor(() => world.sandbox.holds()[0]);
    await givenBack(order, 400);
    expect(await world.transfer(order.id)).toMatchObject({ status: 'processing', taken_back: '360' });
    expect(await world.reversals(order.id)).toMatchObject([{ status: 'pending', amount: '360' }]);
    world.sandbox.releaseHolds();
    await waitFor(async () => (await world.reversals(order.id))[0]?.status === 'succeeded');
    await world.transfersAre(order.id, 'completed');
    expect(atStripe(order)).toMatchObject([{ amountMinor: 900, amountReversedMinor: 360 }]);
  });

  it('remembers a part of a transfer that was on its way and was refused: less is sent', async () => {
    world.sandbox.orderFault({ fault: 'hold', commit: false, match: CREATE });
    const order = await world.paidOrder([seller], { priceMinor: 1000, transfers: 'processing' });
    await waitFor(() => world.sandbox.holds()[0]);
    world.sandbox.updateSettings({ platformBalanceMinor: { eur: 0 } });
    await givenBack(order, 400);
    world.sandbox.releaseHolds();
    await world.transfersAre(order.id, 'failed');
    expect(await world.transfer(order.id)).toMatchObject({ reduced: '360', taken_back: '0', amount: null });
    expect(await world.reversals(order.id)).toMatchObject([{ status: 'canceled' }]);
    world.sandbox.updateSettings({ platformBalanceMinor: null });
    await jobAt(60 * MINUTE_MS);
    await world.transfersAre(order.id, 'completed');
    expect(atStripe(order)).toMatchObject([{ amountMinor: 540, amountReversedMinor: 0 }]);
  });

  it.each([
    ['arrived', 'drop_after_commit' as const],
    ['did not arrive', 'drop_before_commit' as const],
  ])('takes a part of an unknown transfer back that %s', async (_, fault) => {
    world.sandbox.orderFault({ fault, times: 2, match: CREATE });
    const order = await world.paidOrder([seller], { priceMinor: 1000, transfers: 'unknown' });
    await givenBack(order, 400);
    await jobAt(MINUTE_MS);
    await waitFor(async () => (await world.reversals(order.id))[0]?.status === 'succeeded');
    await world.transfersAre(order.id, 'completed');
    expect(atStripe(order)).toMatchObject([{ amountMinor: 900, amountReversedMinor: 360 }]);
  });

  it('knows a refund that was faster than the opening of the transfers', async () => {
    await world.test.sql(`
      CREATE FUNCTION delay_opening() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN NEW.due_at := now() + interval '1 hour'; RETURN NEW; END $$;
      CREATE TRIGGER delay_opening BEFORE INSERT ON outbox_deliveries
        FOR EACH ROW WHEN (NEW.handler = 'payouts.open-transfers') EXECUTE FUNCTION delay_opening()`);
    const order = await world.paidOrder([seller], { priceMinor: 1000, transfers: null });
    await givenBack(order, 400);
    await world.test.sql('DROP TRIGGER delay_opening ON outbox_deliveries; DROP FUNCTION delay_opening()');
    await world.test.sql(
      `UPDATE outbox_deliveries SET due_at = now() WHERE handler = 'payouts.open-transfers' AND done_at IS NULL`,
    );
    await world.transfersAre(order.id, 'completed');
    expect(await world.transfer(order.id)).toMatchObject({ amount: '540', reduced: '360' });
  });

  it('a refused part does not stop the next one, and both succeed in the end', async () => {
    const order = await world.paidOrder([seller], { priceMinor: 1000 });
    refuse('balance_insufficient', REVERSE);
    await givenBack(order, 400);
    await world.transfersAre(order.id, 'reversal_failed');
    await givenBack(order, 300);
    await waitFor(async () => (await world.reversals(order.id))[1]?.status === 'succeeded');
    expect((await world.transfer(order.id)).status).toBe('reversal_failed');
    await jobAt(60 * MINUTE_MS);
    await world.transfersAre(order.id, 'completed');
    expect(atStripe(order)).toMatchObject([{ amountMinor: 900, amountReversedMinor: 630 }]);
    expect(
      await world.test.sql(`SELECT 1 FROM payment_exceptions WHERE order_id = $1 AND resolved_at IS NULL`, [
        order.id,
      ]),
    ).toEqual([]);
  });

  it('pays a contradicted refund again by a further transfer', async () => {
    const order = await world.paidOrder([seller], { priceMinor: 1000 });
    const refund = await world.refunded(order);
    await world.transfersAre(order.id, 'reversed');
    world.sandbox.failRefund(refund.psp_refund_id);
    const again = await waitFor(async () =>
      (await world.transfers(order.id)).find((row) => row.sequence === 2),
    );
    expect(again).toMatchObject({ net_amount: '900' });
    await waitFor(async () =>
      (await world.transfers(order.id)).some((row) => row.sequence === 2 && row.status === 'completed'),
    );
    expect(
      atStripe(order)
        .map((row) => row.amountMinor - row.amountReversedMinor)
        .sort(),
    ).toEqual([0, 900]);
    expect(await world.payable(seller.id)).toBe(0);
  });

  it('a contradicted refund whose reversal was refused settles itself against the further transfer', async () => {
    const order = await world.paidOrder([seller], { priceMinor: 1000 });
    refuse('balance_insufficient', REVERSE);
    const refund = await world.refunded(order);
    await world.transfersAre(order.id, 'reversal_failed');
    world.sandbox.failRefund(refund.psp_refund_id);
    await waitFor(async () => (await world.transfers(order.id)).some((row) => row.status === 'canceled'));
    await jobAt(60 * MINUTE_MS);
    const states = (await world.transfers(order.id)).sort((a, b) => a.sequence - b.sequence);
    expect(states.map((row) => row.status)).toEqual(['reversed', 'canceled']);
    expect(states[0]).toMatchObject({ recovered: '900', amount_reversed: '0' });
    expect(await world.payable(seller.id)).toBe(0);
  });

  it('refuses to take back or to pay again outside the transaction of the cause', async () => {
    const payouts = world.test.app.get(PayoutsService, { strict: false });
    const cause = { kind: 'refund' as const, id: '00000000-0000-4000-8000-000000000000' };
    await expect(
      payouts.reverseForOrder({ orderId: cause.id, cause, sellers: [], isFull: true }),
    ).rejects.toThrow();
    await expect(
      payouts.payAgainForOrder({ orderId: cause.id, cause, currency: 'EUR', sellers: [] }),
    ).rejects.toThrow();
  });
});

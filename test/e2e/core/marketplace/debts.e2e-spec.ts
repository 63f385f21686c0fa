import { api, waitFor } from '../../../support/index.js';
import { MoneyWorld, type PaidOrder, type Seller } from './money-world.js';

const HOUR_MS = 3_600_000;
const CREATE = { method: 'POST', path: '^/v1/transfers$' };
const REVERSE = { method: 'POST', path: '/reversals$' };

describe('debt that later sales repay (07 7.9.5, ADR 6)', () => {
  let world: MoneyWorld;
  let seller: Seller;

  beforeAll(async () => {
    // Long enough for calls to be held while something else happens.
    world = await MoneyWorld.create({ PSP_TIMEOUT: '15s' });
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
  /**
   * A refunded sale whose reversal was refused. By default the seller has taken the money to the bank; when it
   * stays in the account, the next try would succeed.
   */
  const owedOrder = async (priceMinor: number, { isInAccount = false } = {}): Promise<PaidOrder> => {
    const order = await world.paidOrder([seller], { priceMinor });
    if (!isInAccount) world.sandbox.payOutAccount(seller.stripeAccountId);
    if (isInAccount) {
      const error = { type: 'invalid_request_error', code: 'balance_insufficient', message: 'no' };
      world.sandbox.orderFault({ fault: 'status', status: 400, body: { error }, match: REVERSE });
    }
    await world.refunded(order);
    await world.transfersAre(order.id, 'reversal_failed');
    return order;
  };
  const openExceptions = async (kind: string, orderId: string): Promise<number> =>
    (
      await world.test.sql(
        'SELECT 1 FROM payment_exceptions WHERE kind = $1 AND order_id = $2 AND resolved_at IS NULL',
        [kind, orderId],
      )
    ).length;

  it('is not pulled a second time: nothing is left that no transfer pays', async () => {
    const first = await owedOrder(2500);
    expect(await openExceptions('reversal_failed', first.id)).toBe(1);
    const second = await world.paidOrder([seller], { priceMinor: 4000 });
    expect(await world.transfer(second.id)).toMatchObject({ amount: '1350', withheld: '2250' });
    // The account is filled again, so that the old reversal would succeed.
    await world.paidOrder([seller], { priceMinor: 4000 });
    await jobAt(HOUR_MS);
    await world.transfersAre(first.id, 'reversed');
    expect(await world.transfer(first.id)).toMatchObject({ amount_reversed: '0', recovered: '2250' });
    expect(await world.reversals(first.id)).toMatchObject([{ status: 'canceled', next_retry_at: null }]);
    expect(await openExceptions('reversal_failed', first.id)).toBe(0);
    expect(await world.payable(seller.id)).toBe(0);
  });

  it('is asked for only as far as no sale has repaid it', async () => {
    const first = await owedOrder(4000, { isInAccount: true });
    const second = await world.paidOrder([seller], { priceMinor: 1000, transfers: 'canceled' });
    expect(await world.transfer(second.id)).toMatchObject({ amount: null, withheld: '900' });
    expect(await world.payable(seller.id)).toBe(-2700);
    await jobAt(HOUR_MS);
    await world.transfersAre(first.id, 'reversed');
    expect(await world.transfer(first.id)).toMatchObject({ amount_reversed: '2700', recovered: '900' });
    expect(await world.reversals(first.id)).toMatchObject([{ status: 'succeeded', amount: '2700' }]);
    expect(await world.payable(seller.id)).toBe(0);
  });

  it('a sale that was used up by a debt is reversed with its order, and the debt is there again', async () => {
    const first = await owedOrder(2500);
    const second = await world.paidOrder([seller], { transfers: 'canceled' });
    await world.refunded(second);
    expect(await world.transfer(second.id)).toMatchObject({
      status: 'reversed',
      amount: null,
      withheld: '2250',
      taken_back: '2250',
    });
    expect(await world.payable(seller.id)).toBe(-2250);
    expect((await world.transfer(first.id)).status).toBe('reversal_failed');
  });

  it('a sale that repaid a part gives back only what was sent; the rest is debt', async () => {
    await owedOrder(1000);
    const second = await world.paidOrder([seller], { priceMinor: 2500 });
    expect(await world.transfer(second.id)).toMatchObject({ amount: '1350', withheld: '900' });
    await world.refunded(second);
    await world.transfersAre(second.id, 'reversed');
    expect(await world.transfer(second.id)).toMatchObject({ amount_reversed: '1350', taken_back: '2250' });
    expect(await world.payable(seller.id)).toBe(-900);
  });

  it('a sale waits while a repeated reversal is on its way', async () => {
    const first = await owedOrder(2500, { isInAccount: true });
    const { stripe_transfer_id: stripeId } = await world.transfer(first.id);
    world.sandbox.orderFault({ fault: 'hold', match: { path: `${stripeId ?? ''}/reversals$` } });
    const job = jobAt(HOUR_MS);
    await waitFor(() => world.sandbox.holds()[0]);
    world.test.clock.reset();
    const third = await world.paidOrder([seller], { priceMinor: 4000, transfers: 'pending' });
    await waitFor(async () => (await world.transfer(third.id)).failure_code === 'WITHHELD_FOR_DEBT');
    world.sandbox.releaseHolds();
    await job;
    await jobAt(2 * HOUR_MS);
    await world.transfersAre(first.id, 'reversed');
    await world.transfersAre(third.id, 'completed');
    expect(await world.transfer(third.id)).toMatchObject({ amount: '3600', withheld: '0' });
    expect(await world.payable(seller.id)).toBe(0);
  });

  it('a reversal waits while a sale that repays the same debt is on its way', async () => {
    const first = await owedOrder(2500);
    world.sandbox.orderFault({ fault: 'hold', match: CREATE });
    const second = await world.paidOrder([seller], { priceMinor: 6000, transfers: 'processing' });
    await waitFor(() => world.sandbox.holds()[0]);
    expect(await world.transfer(second.id)).toMatchObject({ amount: '3150', withheld: '2250' });
    expect(await jobAt(HOUR_MS)).toMatchObject({ reversals_waiting: 1 });
    expect((await world.transfer(first.id)).status).toBe('reversal_failed');
    world.sandbox.releaseHolds();
    await world.transfersAre(second.id, 'completed');
    await jobAt(60_000);
    await world.transfersAre(first.id, 'reversed');
    expect(await world.transfer(first.id)).toMatchObject({ amount_reversed: '0', recovered: '2250' });
    expect(await world.payable(seller.id)).toBe(0);
  });

  it('a reversal asks for nothing that was taken out of a transfer that may never have arrived', async () => {
    const first = await world.paidOrder([seller], { priceMinor: 1000 });
    world.sandbox.orderFault({ fault: 'drop_before_commit', times: 2, match: CREATE });
    const lost = await world.paidOrder([seller], { priceMinor: 500, transfers: 'unknown' });
    const error = { type: 'invalid_request_error', code: 'balance_insufficient', message: 'no' };
    world.sandbox.orderFault({ fault: 'status', status: 400, body: { error }, match: REVERSE });
    await world.refunded(first);
    await world.transfersAre(first.id, 'reversal_failed');
    const repaying = await world.paidOrder([seller], { priceMinor: 2000 });
    expect(await world.transfer(repaying.id)).toMatchObject({ amount: '900', withheld: '900' });
    await world.refunded(lost);
    await world.quiet();
    expect(await world.transfer(lost.id)).toMatchObject({ status: 'unknown', taken_back: '450' });
    await world.test.http
      .post(api(`/admin/transfers/${(await world.transfer(first.id)).id}/retry`))
      .set((await world.admin()).auth)
      .send({ reason: 'asked by the bank' })
      .expect(200);
    expect(await world.transfer(first.id)).toMatchObject({ amount_reversed: '0', recovered: '900' });
    await jobAt(11 * 60_000);
    await world.transfersAre(lost.id, 'reversed');
    expect(await world.payable(seller.id)).toBe(0);
  });

  it('many sales and repeated reversals at once neither lose nor strand a cent', async () => {
    const owed = [
      await world.paidOrder([seller], { priceMinor: 2500 }),
      await world.paidOrder([seller], { priceMinor: 1000 }),
      await world.paidOrder([seller], { priceMinor: 4000 }),
    ];
    const error = { type: 'invalid_request_error', code: 'balance_insufficient', message: 'no' };
    world.sandbox.orderFault({ fault: 'status', status: 400, times: 3, body: { error }, match: REVERSE });
    for (const order of owed) {
      await world.refunded(order);
      await world.transfersAre(order.id, 'reversal_failed');
    }
    const sales = await Promise.all(
      Array.from({ length: 8 }, async () =>
        world.placeOrder(await world.buyer(), [await world.product(seller, 3000)]),
      ),
    );
    world.test.clock.advance(HOUR_MS);
    world.sandbox.orderFault({ fault: 'delay', delayMs: 40, times: 20, match: CREATE });
    world.sandbox.orderFault({ fault: 'delay', delayMs: 40, times: 20, match: REVERSE });
    await Promise.all([
      ...sales.map((order) => world.pay(order)),
      ...Array.from({ length: 6 }, () => world.runRetryJob()),
    ]);
    await waitFor(
      async () => {
        await jobAt(HOUR_MS);
        await world.quiet();
        const all = (await Promise.all(owed.map((order) => world.transfers(order.id)))).flat();
        return all.every((row) => row.status === 'reversed');
      },
      { timeoutMs: 20_000, what: 'every debt to be settled' },
    );
    await jobAt(25 * HOUR_MS);
    await world.quiet();
    expect(await world.payable(seller.id)).toBe(0);
  });
});

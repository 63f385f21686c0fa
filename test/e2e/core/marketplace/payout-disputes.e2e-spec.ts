import { waitFor } from '../../../support/index.js';
import type { TransferRow } from './money-rows.js';
import { MoneyWorld, type PaidOrder, type Seller } from './money-world.js';

const HOUR_MS = 3_600_000;
const CREATE = { method: 'POST', path: '^/v1/transfers$' };

describe('a dispute and the transfers of its order', () => {
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

  const jobAt = async (ms: number): Promise<void> => {
    world.test.clock.advance(ms);
    await world.runRetryJob();
    await world.quiet();
  };
  const applied = (id: string, count: number): Promise<unknown> =>
    waitFor(
      async () => (await world.inbox(id)).filter(({ status }) => status === 'applied').length === count,
      { what: `${String(count)} applied reports` },
    );
  const open = async (order: PaidOrder, amountMinor?: number): Promise<string> => {
    const { id } = world.sandbox.disputeOpened(order.paymentId, { amountMinor });
    await applied(id, 1);
    return id;
  };
  const lose = async (id: string): Promise<void> => {
    world.sandbox.disputeLost(id);
    await applied(id, 2);
  };
  const win = async (id: string): Promise<void> => {
    world.sandbox.disputeWon(id);
    await applied(id, 2);
  };
  const atStripe = (): { sentMinor: number; backMinor: number } => {
    const own = world.sandbox.books().transfers.filter((one) => one.destination === seller.stripeAccountId);
    return {
      sentMinor: own.reduce((sum, { amountMinor }) => sum + amountMinor, 0),
      backMinor: own.reduce((sum, { amountReversedMinor }) => sum + amountReversedMinor, 0),
    };
  };

  describe('with a transfer in flight', () => {
    const inFlight = async (): Promise<PaidOrder> => {
      world.sandbox.orderFault({ fault: 'hold', match: CREATE });
      const order = await world.paidOrder([seller], { transfers: 'processing' });
      await waitFor(() => world.sandbox.holds()[0]);
      return order;
    };

    it('lets it arrive, and leaves it when the dispute is won', async () => {
      const order = await inFlight();
      const id = await open(order);
      world.sandbox.releaseHolds();
      await world.transfersAre(order.id, 'completed');
      await win(id);
      expect(await world.reversals(order.id)).toEqual([]);
      expect(atStripe()).toEqual({ sentMinor: 2250, backMinor: 0 });
    });

    it('takes it back when it arrives after the dispute was lost', async () => {
      const order = await inFlight();
      await lose(await open(order));
      expect((await world.transfer(order.id)).status).toBe('processing');
      world.sandbox.releaseHolds();
      await world.transfersAre(order.id, 'reversed');
      expect(atStripe()).toEqual({ sentMinor: 2250, backMinor: 2250 });
    });
  });

  describe('with a transfer that never arrived', () => {
    const lost = async (): Promise<PaidOrder> => {
      world.sandbox.orderFault({ fault: 'drop_before_commit', times: 2, match: CREATE });
      return world.paidOrder([seller], { transfers: 'unknown' });
    };

    it('is only looked for while the dispute is open, and sent once when it is won', async () => {
      const order = await lost();
      const id = await open(order);
      await jobAt(HOUR_MS);
      expect((await world.transfer(order.id)).status).toBe('unknown');
      expect(atStripe().sentMinor).toBe(0);
      await win(id);
      await jobAt(HOUR_MS);
      await world.transfersAre(order.id, 'completed');
      expect(atStripe()).toEqual({ sentMinor: 2250, backMinor: 0 });
    });

    it('is given up when it is lost', async () => {
      const order = await lost();
      await lose(await open(order));
      await jobAt(HOUR_MS);
      expect(await world.transfer(order.id)).toMatchObject({ status: 'reversed', stripe_transfer_id: null });
      expect(atStripe().sentMinor).toBe(0);
    });

    it('is sent in full and taken back in part when a part is lost', async () => {
      const order = await lost();
      await lose(await open(order, 1000));
      await jobAt(HOUR_MS);
      await waitFor(async () => (await world.reversals(order.id))[0]?.status === 'succeeded');
      expect(atStripe()).toEqual({ sentMinor: 2250, backMinor: 900 });
    });
  });

  it('shrinks a transfer that never left by the part that is lost, and sends the rest', async () => {
    const late = await world.seller({ isReady: false });
    const order = await world.paidOrder([late], { transfers: 'blocked_account' });
    await lose(await open(order, 1000));
    expect(await world.transfer(order.id)).toMatchObject({ status: 'blocked_account', reduced: '900' });
    await world.makeReady(late.id, late.stripeAccountId);
    await world.transfersAre(order.id, 'completed');
    expect(await world.transfer(order.id)).toMatchObject({ amount: '1350' });
  });

  it('takes no more than what a partial refund has left of a transfer', async () => {
    const order = await world.paidOrder([seller]);
    const refund = await world.openRefund(order, { amount: 700 });
    world.sandbox.succeedRefund(refund.psp_refund_id);
    await world.orderIs(order.id, 'partially_refunded');
    await lose(await open(order, 1800));
    await world.transfersAre(order.id, 'reversed');
    expect((await world.reversals(order.id)).map(({ amount }) => amount)).toEqual(['630', '1620']);
    expect(await world.payable(seller.id)).toBe(0);
  });

  it('keeps what is frozen by the second of two disputes', async () => {
    const late = await world.seller({ isReady: false });
    const order = await world.paidOrder([late], { transfers: 'blocked_account' });
    const [first, second] = [await open(order, 500), await open(order, 700)];
    await world.makeReady(late.id, late.stripeAccountId);
    await world.quiet();
    await win(first);
    await world.runRetryJob();
    await world.quiet();
    expect((await world.transfer(order.id)).status).toBe('pending');
    await lose(second);
    await world.transfersAre(order.id, 'completed');
    expect(await world.transfer(order.id)).toMatchObject({ reduced: '630', amount: '1620' });
  });

  it('freezes beyond the end of a refund that was being decided', async () => {
    const late = await world.seller({ isReady: false });
    const order = await world.paidOrder([late], { transfers: 'blocked_account' });
    const refund = await world.openRefund(order);
    const id = await open(order);
    await world.makeReady(late.id, late.stripeAccountId);
    world.sandbox.failRefund(refund.psp_refund_id);
    await world.orderIs(order.id, 'completed');
    await world.runRetryJob();
    await world.quiet();
    expect((await world.transfer(order.id)).status).toBe('pending');
    await win(id);
    await world.transfersAre(order.id, 'completed');
  });

  it('lost with a debt: the refused reversal is tried again, later sales repay it', async () => {
    const order = await world.paidOrder([seller]);
    world.sandbox.payOutAccount(seller.stripeAccountId);
    await lose(await open(order));
    await world.transfersAre(order.id, 'reversal_failed');
    expect(await world.payable(seller.id)).toBe(-2250);
    const next = await world.paidOrder([seller], { priceMinor: 4000 });
    expect(await world.transfer(next.id)).toMatchObject({ amount: '1350', withheld: '2250' });
    await jobAt(HOUR_MS);
    expect(await world.transfer(order.id)).toMatchObject({ status: 'reversed', recovered: '2250' });
  });
});

describe('a dispute that is won after it was lost', () => {
  let world: MoneyWorld;
  let seller: Seller;

  beforeAll(async () => {
    world = await MoneyWorld.create({ PSP_TIMEOUT: '15s' });
  });
  beforeEach(async () => {
    seller = await world.seller();
  });
  afterAll(() => world.close());
  // The sandbox ends a dispute once, so that only our own books can be compared.
  afterEach(async () => {
    world.calm();
    await world.expectInvariants();
  });

  const deliver = async (order: PaidOrder, status: string, amountMinor = 2500): Promise<void> => {
    const object = {
      dispute_id: `dp_${order.id}`,
      payment_id: order.paymentId,
      amount: String(amountMinor),
      currency: 'EUR',
      dispute_status: `dispute_${status}`,
    };
    await world.deliver({ event_type: `dispute_${status}`, content: { type: 'dispute_details', object } });
    await world.quiet();
  };
  const heldByStripe = (): number =>
    world.sandbox
      .books()
      .transfers.filter(({ destination }) => destination === seller.stripeAccountId)
      .reduce((sum, one) => sum + one.amountMinor - one.amountReversedMinor, 0);
  const inSequence = async (order: PaidOrder): Promise<TransferRow[]> =>
    (await world.transfers(order.id)).sort((a, b) => a.sequence - b.sequence);
  const jobAt = async (ms: number): Promise<void> => {
    world.test.clock.advance(ms);
    await world.runRetryJob();
    await world.quiet();
  };

  it('a part of a sent transfer is paid again', async () => {
    const order = await world.paidOrder([seller]);
    for (const status of ['opened', 'lost']) await deliver(order, status, 1000);
    await waitFor(async () => (await world.reversals(order.id))[0]?.status === 'succeeded');
    expect(heldByStripe()).toBe(1350);
    await deliver(order, 'won', 1000);
    await world.transfersAre(order.id, 'completed', 2);
    expect(heldByStripe()).toBe(2250);
  });

  it('what never left is sent by a further transfer', async () => {
    const late = await world.seller({ isReady: false });
    const order = await world.paidOrder([late], { transfers: 'blocked_account' });
    for (const status of ['opened', 'lost', 'won']) await deliver(order, status);
    await world.makeReady(late.id, late.stripeAccountId);
    await waitFor(async () => (await inSequence(order))[1]?.status === 'completed');
    expect(await inSequence(order)).toMatchObject([
      { status: 'reversed', amount: null, reduced: '2250' },
      { status: 'completed', amount: '2250', sequence: 2 },
    ]);
  });

  it('nothing moves when the reversal was refused: the further transfer is used up', async () => {
    const order = await world.paidOrder([seller]);
    world.sandbox.payOutAccount(seller.stripeAccountId);
    for (const status of ['opened', 'lost']) await deliver(order, status);
    await world.transfersAre(order.id, 'reversal_failed');
    await deliver(order, 'won');
    await waitFor(async () => (await inSequence(order))[1]?.status === 'canceled');
    await jobAt(HOUR_MS);
    expect((await inSequence(order)).map(({ status }) => status)).toEqual(['reversed', 'canceled']);
    expect(heldByStripe()).toBe(2250);
    expect(await world.payable(seller.id)).toBe(0);
  });

  it('a transfer that never arrived is given up, and its successor is sent once', async () => {
    world.sandbox.orderFault({ fault: 'drop_before_commit', times: 2, match: CREATE });
    const order = await world.paidOrder([seller], { transfers: 'unknown' });
    for (const status of ['opened', 'lost', 'won']) await deliver(order, status);
    await jobAt(HOUR_MS);
    await jobAt(HOUR_MS);
    expect((await inSequence(order)).map(({ status }) => status)).toEqual(['reversed', 'completed']);
    expect(heldByStripe()).toBe(2250);
  });

  it('a transfer in flight comes back and its successor is sent', async () => {
    world.sandbox.orderFault({ fault: 'hold', match: CREATE });
    const order = await world.paidOrder([seller], { transfers: 'processing' });
    await waitFor(() => world.sandbox.holds()[0]);
    const report = (status: string): Promise<unknown> =>
      world.deliver({
        event_type: `dispute_${status}`,
        content: {
          type: 'dispute_details',
          object: {
            dispute_id: `dp_${order.id}`,
            payment_id: order.paymentId,
            amount: '2500',
            currency: 'EUR',
            dispute_status: `dispute_${status}`,
          },
        },
      });
    for (const [index, status] of ['opened', 'lost', 'won'].entries()) {
      await report(status);
      await waitFor(async () => {
        const done = (await world.inbox(`dp_${order.id}`)).filter((row) => row.status !== 'received');
        return done.length === index + 1;
      });
    }
    world.sandbox.releaseHolds();
    await world.quiet();
    await jobAt(25 * HOUR_MS);
    expect((await inSequence(order)).map(({ status }) => status)).toEqual(['reversed', 'completed']);
    expect(heldByStripe()).toBe(2250);
  });
});

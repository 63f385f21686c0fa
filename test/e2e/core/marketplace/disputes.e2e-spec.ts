import { randomUUID } from 'node:crypto';
import { type Actor, api, waitFor } from '../../../support/index.js';
import { MoneyWorld, type PaidOrder, type Seller } from './money-world.js';

interface DisputeRow {
  id: string;
  status: string;
  amount: string;
  took_all: boolean;
  closed_at: Date | null;
  contradicted_by: string | null;
}

describe('disputes', () => {
  let world: MoneyWorld;
  let admin: Actor;
  let seller: Seller;
  beforeAll(async () => {
    world = await MoneyWorld.create();
    admin = await world.admin();
    seller = await world.seller();
  });
  afterEach(async () => {
    world.calm();
    await world.expectBooksToAgree();
    await world.expectInvariants();
  });
  afterAll(() => world.close());

  const disputeOf = async (orderId: string): Promise<DisputeRow | undefined> =>
    (await world.test.sql<DisputeRow>('SELECT * FROM disputes WHERE order_id = $1', [orderId]))[0];
  const disputeIs = (orderId: string, status: string): Promise<unknown> =>
    waitFor(async () => (await disputeOf(orderId))?.status === status, { what: `a ${status} dispute` });
  const isDisputed = async (orderId: string): Promise<boolean> =>
    (await world.test.sql('SELECT 1 FROM orders WHERE id = $1 AND disputed_at IS NOT NULL', [orderId]))
      .length === 1;
  const disputesAccount = async (): Promise<number> => {
    const [row] = await world.test.sql<{ balance: string }>(
      `SELECT coalesce(sum(e.amount_minor), 0) AS balance FROM ledger_entries e
         JOIN ledger_accounts a ON a.id = e.account_id WHERE a.kind = 'disputes'`,
    );
    return Number(row!.balance);
  };
  const postingsOf = async (orderId: string): Promise<string[]> => {
    const rows = await world.test.sql<{ kind: string }>(
      `SELECT kind FROM ledger_transactions WHERE order_id = $1 AND kind LIKE 'dispute%' ORDER BY created_at, dedupe_key`,
      [orderId],
    );
    return rows.map(({ kind }) => kind);
  };
  const open = async (order: PaidOrder, amountMinor?: number): Promise<string> => {
    const { id } = world.sandbox.disputeOpened(order.paymentId, { amountMinor });
    await waitFor(async () => (await world.inbox(id)).some(({ status }) => status === 'applied'), {
      what: 'an opened dispute',
    });
    return id;
  };
  /** A delivery in the provider's own shape, for what the sandbox would not say. */
  const event = (order: PaidOrder, id: string, status: string, change: object = {}): object => ({
    event_type: `dispute_${status}`,
    content: {
      type: 'dispute_details',
      object: {
        dispute_id: id,
        payment_id: order.paymentId,
        amount: String(order.totalMinor),
        currency: 'EUR',
        dispute_status: `dispute_${status}`,
        ...change,
      },
    },
  });

  it('withholds, freezes and suspends while it is open, and undoes all of it when it is won', async () => {
    const order = await world.paidOrder([seller]);
    const id = await open(order);
    expect(await disputeOf(order.id)).toMatchObject({ status: 'opened', amount: '2500', closed_at: null });
    expect(await isDisputed(order.id)).toBe(true);
    expect(await world.licenses(order.id)).toEqual(['suspended']);
    expect(await disputesAccount()).toBe(-2500);
    expect(await world.payable(seller.id)).toBe(0);
    const refused = await world.requestRefund(order.id, order.buyer);
    expect([refused.status, refused.body.error.code]).toEqual([400, 'ORDER_DISPUTED']);
    world.sandbox.disputeWon(id);
    await disputeIs(order.id, 'won');
    expect(await isDisputed(order.id)).toBe(false);
    expect(await world.licenses(order.id)).toEqual(['active']);
    expect(await disputesAccount()).toBe(0);
    expect((await world.order(order.id)).status).toBe('completed');
    expect((await world.transfer(order.id)).status).toBe('completed');
    expect(await postingsOf(order.id)).toEqual(['dispute_opened', 'dispute_won']);
  });

  it('keeps back what has not left, and sends it when the dispute is won', async () => {
    const late = await world.seller({ isReady: false });
    const order = await world.paidOrder([late], { transfers: 'blocked_account' });
    const id = await open(order);
    await world.makeReady(late.id, late.stripeAccountId);
    await world.quiet();
    await world.runRetryJob();
    await world.quiet();
    expect(
      world.sandbox.books().transfers.filter(({ destination }) => destination === late.stripeAccountId),
    ).toEqual([]);
    world.sandbox.disputeWon(id);
    await disputeIs(order.id, 'won');
    await world.runRetryJob();
    await world.transfersAre(order.id, 'completed');
  });

  it.each(['lost', 'accepted', 'expired'] as const)(
    'revokes the licence and takes the transfer back when it is %s',
    async (status) => {
      const order = await world.paidOrder([seller]);
      const id = await open(order);
      world.sandbox.disputeMoved(id, `dispute_${status}`);
      await disputeIs(order.id, status);
      expect(await world.licenses(order.id)).toEqual(['revoked']);
      await world.transfersAre(order.id, 'reversed');
      const [reversal] = await world.reversals(order.id);
      expect(reversal).toMatchObject({ amount: '2250', status: 'succeeded' });
      expect(await world.payable(seller.id)).toBe(0);
      expect(await disputesAccount()).toBe(0);
      expect(await isDisputed(order.id)).toBe(false);
      expect(await disputeOf(order.id)).toMatchObject({ took_all: true });
    },
  );

  it('takes a part of several sellers in proportion when a part is lost, and leaves the licences', async () => {
    const other = await world.seller();
    const order = await world.paidOrder([seller, other], { priceMinor: 1001 });
    const id = await open(order, 1001);
    world.sandbox.disputeLost(id);
    await disputeIs(order.id, 'lost');
    expect(await world.licenses(order.id)).toEqual(['active', 'active']);
    await waitFor(async () =>
      (await world.reversals(order.id)).every(({ status }) => status === 'succeeded'),
    );
    const dispute = await disputeOf(order.id);
    const { body } = await world.test.http
      .get(api(`/admin/disputes/${dispute!.id}`))
      .set(admin.auth)
      .expect(200);
    expect(body.data.items.map(({ amount }: { amount: number }) => amount).sort()).toEqual([500, 501]);
    expect((await world.order(order.id)).status).toBe('completed');
    const rest = await world.openRefund(order);
    expect(rest.amount).toBe('1001');
    world.sandbox.succeedRefund(rest.psp_refund_id);
    await world.orderIs(order.id, 'refunded');
    await world.transfersAre(order.id, 'reversed', 2);
    expect(await world.licenses(order.id)).toEqual(['revoked', 'revoked']);
  });

  it('stands without its beginning, and ignores the beginning afterwards', async () => {
    const order = await world.paidOrder([seller]);
    world.sandbox.orderFault({ webhook: 'lose', match: { type: 'dispute_opened' } });
    const { id } = world.sandbox.disputeOpened(order.paymentId);
    world.sandbox.disputeLost(id);
    await disputeIs(order.id, 'lost');
    await world.transfersAre(order.id, 'reversed');
    expect((await world.deliver(event(order, id, 'opened'))).status).toBe(200);
    await world.quiet();
    expect((await world.inbox(id)).map(({ status }) => status)).toEqual(['applied', 'ignored']);
    expect(await disputeOf(order.id)).toMatchObject({ status: 'lost' });
    expect((await postingsOf(order.id)).sort()).toEqual(['dispute_lost', 'dispute_opened']);
  });

  it('has one effect of ten deliveries at once', async () => {
    const order = await world.paidOrder([seller]);
    const { id } = world.sandbox.disputeOpened(order.paymentId);
    await Promise.all(Array.from({ length: 10 }, () => world.deliver(event(order, id, 'opened'))));
    await world.quiet();
    expect(await postingsOf(order.id)).toEqual(['dispute_opened']);
    world.sandbox.disputeLost(id);
    await Promise.all(Array.from({ length: 10 }, () => world.deliver(event(order, id, 'lost'))));
    await world.quiet();
    expect(await postingsOf(order.id)).toHaveLength(2);
    await world.transfersAre(order.id, 'reversed');
    expect(await world.reversals(order.id)).toHaveLength(1);
  });

  it('waits for the payment that it is about', async () => {
    const order = await world.placeOrder(await world.buyer(), [await world.product(seller, 2500)]);
    world.sandbox.orderFault({ webhook: 'lose', match: { type: 'payment_succeeded' } });
    world.sandbox.succeedPayment(order.paymentId);
    const { id } = world.sandbox.disputeOpened(order.paymentId);
    await waitFor(async () => (await world.inbox(id))[0]?.status === 'unmatched');
    expect(await disputeOf(order.id)).toBeUndefined();
    await world.deliver({
      event_type: 'payment_succeeded',
      content: {
        type: 'payment_details',
        object: { payment_id: order.paymentId, status: 'succeeded', amount: 2500, currency: 'EUR' },
      },
    });
    await world.orderIs(order.id, 'completed');
    await world.test.sql('UPDATE outbox_deliveries SET due_at = now() WHERE done_at IS NULL');
    await disputeIs(order.id, 'opened');
    await world.quiet();
    world.sandbox.disputeMoved(id, 'dispute_cancelled');
    await disputeIs(order.id, 'cancelled');
    await world.transfersAre(order.id, 'completed');
  });

  it('debits nobody twice for what was refunded already, and asks a person', async () => {
    const order = await world.paidOrder([seller]);
    await world.refunded(order);
    await world.transfersAre(order.id, 'reversed');
    const before = await disputesAccount();
    const id = await open(order);
    expect(await world.exceptions('dispute_after_refund', order.id)).toBe(1);
    world.sandbox.disputeLost(id);
    await disputeIs(order.id, 'lost');
    expect(await world.payable(seller.id)).toBe(0);
    expect(await disputesAccount()).toBe(before - 2500);
    expect((await world.order(order.id)).status).toBe('refunded');
    expect(await world.exceptions('dispute_after_refund', order.id)).toBe(1);
  });

  it('ends a partly refunded order when the rest is lost', async () => {
    const order = await world.paidOrder([seller]);
    const response = await world.requestRefund(order.id, order.buyer, { amount: 700 });
    expect(response.status).toBe(202);
    await world.quiet();
    world.sandbox.succeedRefund((await world.refund(order.id)).psp_refund_id);
    await world.orderIs(order.id, 'partially_refunded');
    const id = await open(order, 1_800);
    world.sandbox.disputeLost(id);
    await disputeIs(order.id, 'lost');
    expect(await world.order(order.id)).toMatchObject({ status: 'refunded', refunded_amount: '700' });
    expect(await world.licenses(order.id)).toEqual(['revoked']);
  });

  it('keeps the licence suspended when a refund is taken back while it is open', async () => {
    const order = await world.paidOrder([seller]);
    const refund = await world.refunded(order);
    const id = await open(order);
    world.sandbox.failRefund(refund.psp_refund_id);
    await world.orderIs(order.id, 'completed');
    expect(await world.licenses(order.id)).toEqual(['suspended']);
    world.sandbox.disputeWon(id);
    await disputeIs(order.id, 'won');
    expect(await world.licenses(order.id)).toEqual(['active']);
  });

  it('keeps what it took when a refund of another item is taken back', async () => {
    const order = await world.paidOrder([seller, await world.seller()], { priceMinor: 1000 });
    const items = await world.test.sql<{ id: string }>(
      'SELECT id FROM order_items WHERE order_id = $1 ORDER BY position',
      [order.id],
    );
    const refund = await world.openRefund(order, { items: [{ order_item_id: items[0]!.id }] });
    world.sandbox.succeedRefund(refund.psp_refund_id);
    await world.orderIs(order.id, 'partially_refunded');
    const id = await open(order, 1_000);
    world.sandbox.disputeLost(id);
    await disputeIs(order.id, 'lost');
    expect(await world.licenses(order.id)).toEqual(['revoked', 'revoked']);
    world.sandbox.failRefund(refund.psp_refund_id);
    await world.orderIs(order.id, 'completed');
    const licenses = await world.test.sql(
      `SELECT l.status FROM licenses l JOIN order_items i ON i.id = l.order_item_id
        WHERE l.order_id = $1 ORDER BY i.position`,
      [order.id],
    );
    expect(licenses).toEqual([{ status: 'active' }, { status: 'revoked' }]);
  });

  it('keeps the licences suspended until the last of two disputes is over', async () => {
    const order = await world.paidOrder([seller]);
    const first = await open(order, 500);
    const second = await open(order, 700);
    world.sandbox.disputeWon(first);
    await world.quiet();
    expect(await world.licenses(order.id)).toEqual(['suspended']);
    expect(await isDisputed(order.id)).toBe(true);
    world.sandbox.disputeWon(second);
    await world.quiet();
    expect(await world.licenses(order.id)).toEqual(['active']);
    expect(await isDisputed(order.id)).toBe(false);
  });

  it('refuses to book what it cannot read or what is in another currency', async () => {
    const order = await world.paidOrder([seller]);
    for (const change of [{ currency: 'USD' }, { amount: 'many' }, { amount: '0' }]) {
      const id = `dp_${randomUUID()}`;
      await world.deliver(event(order, id, 'opened', change));
      await waitFor(async () => (await world.inbox(id))[0]?.status === 'contradiction');
    }
    expect(await disputeOf(order.id)).toBeUndefined();
    expect(await world.exceptions('dispute_mismatch', order.id)).toBe(3);
    expect(await postingsOf(order.id)).toEqual([]);
  });

  describe('for administrators', () => {
    const get = (path: string, actor: Actor | null = admin) =>
      world.test.http.get(api(path)).set(actor?.auth ?? {});

    it('lists them by state and order', async () => {
      const order = await world.paidOrder([seller]);
      const id = await open(order, 300);
      const { body } = await get(`/admin/disputes?status=opened&order_id=${order.id}`).expect(200);
      expect(body.data).toEqual([
        expect.objectContaining({ psp_dispute_id: id, amount: 300, currency: 'EUR', reason: 'fraudulent' }),
      ]);
      expect((await get(`/admin/disputes?status=won&order_id=${order.id}`).expect(200)).body.data).toEqual(
        [],
      );
      const one = await get(`/admin/disputes/${body.data[0].id}`).expect(200);
      expect(one.body.data).toMatchObject({ psp_dispute_id: id, items: [], closed_at: null });
      world.sandbox.disputeWon(id);
      await disputeIs(order.id, 'won');
    });

    it.each(['/admin/disputes', `/admin/disputes/${randomUUID()}`])(
      'refuses bad input, strangers and others at %s',
      async (path) => {
        const bad = path === '/admin/disputes' ? `${path}?status=x` : '/admin/disputes/x';
        expect((await get(bad).expect(400)).body.error.code).toBe('VALIDATION_ERROR');
        await get(path, null).expect(401);
        const buyer = await world.buyer();
        expect((await get(path, buyer).expect(403)).body.error.code).toBe('AUTH_INSUFFICIENT_PERMISSIONS');
      },
    );

    it('knows nothing of others', async () => {
      expect((await get(`/admin/disputes/${randomUUID()}`).expect(404)).body.error.code).toBe(
        'DISPUTE_NOT_FOUND',
      );
    });
  });
});

describe('a dispute that ends twice', () => {
  let world: MoneyWorld;
  let seller: Seller;
  beforeAll(async () => {
    world = await MoneyWorld.create();
    seller = await world.seller();
  });
  afterAll(() => world.close());

  const clearing = async (): Promise<number> => {
    const [row] = await world.test.sql<{ balance: string }>(
      `SELECT sum(e.amount_minor) AS balance FROM ledger_entries e
         JOIN ledger_accounts a ON a.id = e.account_id WHERE a.kind = 'psp_clearing'`,
    );
    return Number(row!.balance);
  };
  const deliver = async (order: PaidOrder, id: string, status: string): Promise<void> => {
    const object = {
      dispute_id: id,
      payment_id: order.paymentId,
      amount: '2500',
      currency: 'EUR',
      dispute_status: `dispute_${status}`,
    };
    await world.deliver({ event_type: `dispute_${status}`, content: { type: 'dispute_details', object } });
    await world.quiet();
  };

  // The sandbox ends a dispute once, as the provider's document has it; what is more comes from here, so that
  // its books cannot be compared.
  it('is followed from lost to won: licence, seller and books are as before, and a person is asked', async () => {
    const order = await world.paidOrder([seller]);
    const id = `dp_${randomUUID()}`;
    for (const status of ['opened', 'lost']) await deliver(order, id, status);
    await world.transfersAre(order.id, 'reversed');
    await deliver(order, id, 'won');
    const [dispute] = await world.test.sql<DisputeRow>('SELECT * FROM disputes WHERE order_id = $1', [
      order.id,
    ]);
    expect(dispute).toMatchObject({ status: 'lost', contradicted_by: 'won', took_all: false });
    expect(await world.exceptions('dispute_contradiction', order.id)).toBe(1);
    expect(await world.licenses(order.id)).toEqual(['active']);
    await waitFor(async () => (await world.transfers(order.id)).some(({ status }) => status === 'completed'));
    expect(await clearing()).toBe(-2500);
    await deliver(order, id, 'lost');
    await deliver(order, id, 'won');
    expect(await clearing()).toBe(-2500);
    await world.expectInvariants();
  });

  it('sends again what a failed refund held while nothing was left', async () => {
    const order = await world.paidOrder([seller]);
    const refund = await world.openRefund(order);
    const id = `dp_${randomUUID()}`;
    for (const status of ['opened', 'lost']) await deliver(order, id, status);
    await world.transfersAre(order.id, 'reversed');
    world.sandbox.failRefund(refund.psp_refund_id);
    await world.orderIs(order.id, 'completed');
    await deliver(order, id, 'won');
    await world.runRetryJob();
    await waitFor(async () => (await world.transfers(order.id)).some(({ status }) => status === 'completed'));
    await world.expectInvariants();
  });

  it('is followed from won to lost', async () => {
    const order = await world.paidOrder([seller]);
    const before = await clearing();
    const id = `dp_${randomUUID()}`;
    for (const status of ['opened', 'won', 'lost']) await deliver(order, id, status);
    expect(await world.exceptions('dispute_contradiction', order.id)).toBe(1);
    expect(await world.licenses(order.id)).toEqual(['revoked']);
    await world.transfersAre(order.id, 'reversed');
    expect(await clearing()).toBe(before + 2500);
    await world.expectInvariants();
  });
});

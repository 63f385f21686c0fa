import { type DurablePostgres } from '../support/durable-postgres.js';
import { DrillWorld, startDurablePostgres } from './drill-world.js';
import { expectBooksToAgree } from './expect-books.js';

jest.setTimeout(120_000);

const REFUNDS = /^\/refunds$/;
const CREATE_REFUND = { method: 'POST', path: '^/refunds$' };

/** The built server, ended by SIGKILL while a refund is under way (07 7.9.1, 7.9.2). */
describe('a refund under SIGKILL', () => {
  let postgres: DurablePostgres;
  let world: DrillWorld;

  beforeAll(async () => {
    postgres = await startDurablePostgres();
  }, 60_000);

  afterAll(() => postgres.stop());

  beforeEach(async () => {
    world = await DrillWorld.create(postgres);
  });

  afterEach(() => world.close());

  const refundCalls = (): number =>
    world.sandbox.requests().filter((call) => call.method === 'POST' && REFUNDS.test(call.path)).length;

  /** The provider confirms, and everything is given back exactly once. */
  async function expectOneRefund(order: Awaited<ReturnType<DrillWorld['paidOrder']>>): Promise<void> {
    const pspRefundId = await world.acknowledgedRefund(order);
    expect(world.sandbox.books().refunds.map(({ id }) => id)).toEqual([pspRefundId]);
    world.sandbox.succeedRefund(pspRefundId);
    await world.orderIs(order, 'refunded');
    await world.transferIs(order, 'reversed');
    await expectBooksToAgree(world);
    expect(world.sandbox.books().refunds).toHaveLength(1);
    expect(world.sandbox.books().reversals).toHaveLength(1);
  }

  it('reaches the provider once when the server is killed between the first phase and the call', async () => {
    const first = await world.start();
    const order = await world.paidOrder();
    await world.quiet();
    await first.kill();
    // A process that serves and delivers nothing stops exactly behind the commit of the first phase.
    const api = await world.start({ PROCESS_ROLE: 'api' });
    await world.requestRefund(order);
    await api.kill();
    expect(world.sandbox.books().refunds).toEqual([]);
    await world.start();
    await expectOneRefund(order);
    expect(refundCalls()).toBe(1);
  });

  it('reaches the provider once when the first request arrives after its sender was killed', async () => {
    const doomed = await world.start();
    const order = await world.paidOrder();
    world.sandbox.orderFault({ fault: 'hold', commit: false, match: CREATE_REFUND });
    await world.requestRefund(order);
    await world.heldCall(REFUNDS);
    await doomed.kill();
    expect(world.sandbox.books().refunds).toEqual([]);
    expect((await world.refund(order)).psp_ack_at).toBeNull();
    await world.start();
    await world.acknowledgedRefund(order);
    world.sandbox.releaseHolds();
    await expectOneRefund(order);
    expect(refundCalls()).toBe(2);
  });

  it('reaches the provider once when the line broke before the kill', async () => {
    const doomed = await world.start();
    const order = await world.paidOrder();
    world.sandbox.orderFault({ fault: 'drop_before_commit', match: CREATE_REFUND });
    await world.requestRefund(order);
    await world.until('a broken line', async () => (await world.refund(order)).unknown_since !== null);
    await doomed.kill();
    await world.start();
    await expectOneRefund(order);
  });

  it('is one refund when the server is killed while the provider answers', async () => {
    const doomed = await world.start();
    const order = await world.paidOrder();
    world.sandbox.orderFault({ fault: 'hold', commit: true, match: CREATE_REFUND });
    await world.requestRefund(order);
    await world.heldCall(REFUNDS);
    await doomed.kill();
    expect(world.sandbox.books().refunds).toHaveLength(1);
    expect((await world.refund(order)).psp_ack_at).toBeNull();
    expect((await world.row('SELECT status FROM orders')).status).toBe('refund_pending');
    await world.start();
    await expectOneRefund(order);
  });

  it('is one refund when the server is killed between the answer and its storing', async () => {
    const doomed = await world.start();
    const order = await world.paidOrder();
    world.sandbox.orderFault({ fault: 'hold', commit: true, match: CREATE_REFUND });
    await world.requestRefund(order);
    await world.heldCall(REFUNDS);
    // The answer arrives, and cannot be stored as long as this lock is held.
    const holder = await world.connect();
    await holder.query('BEGIN');
    await holder.query('SELECT 1 FROM refunds WHERE order_id = $1 FOR UPDATE', [order.id]);
    world.sandbox.releaseHolds();
    await world.until('the storing to wait', async () => (await world.waitingStatements()) === 1);
    await doomed.kill();
    await world.endWaitingConnections();
    await holder.query('ROLLBACK');
    await holder.end();
    expect((await world.refund(order)).psp_ack_at).toBeNull();
    await world.start();
    await expectOneRefund(order);
  });

  it('counts a confirmation that came while no server was there', async () => {
    const doomed = await world.start();
    const order = await world.paidOrder();
    world.sandbox.orderFault({ fault: 'hold', commit: true, match: CREATE_REFUND });
    await world.requestRefund(order);
    await world.heldCall(REFUNDS);
    await doomed.kill();
    const [atProvider] = world.sandbox.books().refunds;
    world.sandbox.succeedRefund(atProvider!.id);
    await world.start();
    await world.orderIs(order, 'refunded');
    await world.transferIs(order, 'reversed');
    await expectBooksToAgree(world);
    expect(world.sandbox.books().refunds).toHaveLength(1);
  });

  it('is delivered by one of two servers at a time, and by the other one when that is killed', async () => {
    const orders = [];
    const doomed = await world.start();
    for (let index = 0; index < 3; index += 1) orders.push(await world.paidOrder());
    await world.startAnother();
    world.sandbox.orderFault({ fault: 'hold', commit: true, times: orders.length, match: CREATE_REFUND });
    await Promise.all(orders.map((order) => world.requestRefund(order)));
    await world.heldCall(REFUNDS, orders.length);
    // Longer than any lease: as long as its holder lives, nobody else begins.
    const leases = async (): Promise<number> =>
      (
        await world.row<{ until: number }>(
          `SELECT extract(epoch FROM min(lease_until))::float8 AS until FROM outbox_deliveries
            WHERE handler = 'refunds.submit' AND done_at IS NULL`,
        )
      ).until;
    const before = await leases();
    await world.until('leases that were extended', async () => (await leases()) > before + 3);
    expect(refundCalls()).toBe(orders.length);
    expect(world.sandbox.holds()).toHaveLength(orders.length);
    await doomed.kill();
    world.sandbox.releaseHolds();
    await world.start();
    for (const order of orders) world.sandbox.succeedRefund(await world.acknowledgedRefund(order));
    for (const order of orders) await world.transferIs(order, 'reversed');
    await expectBooksToAgree(world);
    expect(world.sandbox.books().refunds).toHaveLength(orders.length);
  });
});

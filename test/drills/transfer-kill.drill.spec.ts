import { type DurablePostgres } from '../support/durable-postgres.js';
import { DrillWorld, type PaidOrder, startDurablePostgres } from './drill-world.js';
import { expectBooksToAgree } from './expect-books.js';

jest.setTimeout(180_000);

const TRANSFERS = /^\/v1\/transfers$/;
const REVERSALS = /^\/v1\/transfers\/[^/]+\/reversals$/;
/** The lease of a transfer is four calls and ten seconds long: 18 s. */
const SHORT_CALLS = { PSP_TIMEOUT: '2s' };
/** The delivery of a dead process is taken over when its transfer is free as well. */
const PATIENT = { ...SHORT_CALLS, OUTBOX_LEASE: '20s' };

/** The built server, ended by SIGKILL while money is on its way to a seller or back (07 7.9.6, 7.9.9). */
describe('transfers and reversals under SIGKILL', () => {
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

  /** What the schedule does every minute, at once. */
  async function runRetryJob(): Promise<void> {
    const admin = await world.person('admin');
    const answer = await world.call('/admin/jobs/transfer-retry/run', { token: admin.token, body: {} });
    expect(answer.status).toBe(202);
  }

  async function completedOrderWithHeldTransfer(commit: boolean): Promise<PaidOrder> {
    const order = await world.placeOrder();
    world.sandbox.orderFault({ fault: 'hold', commit, match: { method: 'POST', path: '^/v1/transfers$' } });
    world.sandbox.succeedPayment(order.paymentId);
    await world.orderIs(order, 'completed');
    await world.heldCall(TRANSFERS);
    return order;
  }

  it('pays a seller once when the server is killed while the provider answers', async () => {
    const doomed = await world.start(PATIENT);
    const order = await completedOrderWithHeldTransfer(true);
    await doomed.kill();
    expect(world.sandbox.books().transfers).toHaveLength(1);
    expect((await world.transfer(order)).status).toBe('processing');
    await world.start(SHORT_CALLS);
    await world.transferIs(order, 'completed');
    await expectBooksToAgree(world);
    expect(world.sandbox.books().transfers).toHaveLength(1);
    expect((await world.transfer(order)).stripe_transfer_id).toBe(world.sandbox.books().transfers[0]!.id);
  });

  it('pays a seller once when the request arrives after its sender was killed', async () => {
    const doomed = await world.start(PATIENT);
    const order = await completedOrderWithHeldTransfer(false);
    await doomed.kill();
    expect(world.sandbox.books().transfers).toEqual([]);
    await world.start(SHORT_CALLS);
    world.sandbox.releaseHolds();
    await world.until('the late arrival', () => world.sandbox.books().transfers.length === 1);
    await world.transferIs(order, 'completed');
    await expectBooksToAgree(world);
    expect(world.sandbox.books().transfers).toHaveLength(1);
  });

  it('pays a seller once when the server is killed between the answer and its storing', async () => {
    const doomed = await world.start(PATIENT);
    const order = await completedOrderWithHeldTransfer(true);
    const holder = await world.connect();
    await holder.query('BEGIN');
    await holder.query('SELECT 1 FROM payout_orders WHERE order_id = $1 FOR UPDATE', [order.id]);
    world.sandbox.releaseHolds();
    await world.until('the storing to wait', async () => (await world.waitingStatements()) === 1);
    await doomed.kill();
    await world.endWaitingConnections();
    await holder.query('ROLLBACK');
    await holder.end();
    expect((await world.transfer(order)).stripe_transfer_id).toBeNull();
    await world.start(SHORT_CALLS);
    await world.transferIs(order, 'completed');
    await expectBooksToAgree(world);
    expect(world.sandbox.books().transfers).toHaveLength(1);
  });

  it('takes a transfer back once when the server is killed while the provider answers', async () => {
    const doomed = await world.start(SHORT_CALLS);
    const order = await world.paidOrder();
    world.sandbox.orderFault({
      fault: 'hold',
      commit: true,
      match: { method: 'POST', path: '/reversals$' },
    });
    await world.requestRefund(order);
    world.sandbox.succeedRefund(await world.acknowledgedRefund(order));
    await world.heldCall(REVERSALS);
    await doomed.kill();
    expect(world.sandbox.books().reversals).toHaveLength(1);
    expect((await world.transfer(order)).status).toBe('reversal_pending');
    await world.start(SHORT_CALLS);
    await world.until('the lease of the dead to end', async () => {
      const { over } = await world.row<{ over: boolean }>(
        'SELECT lease_until <= now() AS over FROM transfer_reversals',
      );
      return over;
    });
    await runRetryJob();
    await world.transferIs(order, 'reversed');
    await expectBooksToAgree(world);
    expect(world.sandbox.books().reversals).toHaveLength(1);
    expect((await world.row('SELECT stripe_reversal_id AS id FROM transfer_reversals')).id).toMatch(/^trr_/);
  });
});

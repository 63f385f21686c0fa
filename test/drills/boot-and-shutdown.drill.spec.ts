import { allMigrations } from '../../src/all-migrations.js';
import { type DurablePostgres } from '../support/durable-postgres.js';
import { DrillWorld, startDurablePostgres } from './drill-world.js';
import { expectBooksToAgree } from './expect-books.js';

jest.setTimeout(120_000);

/** Starting and ending of the built server. */
describe('servers that start and stop', () => {
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

  it('come up together on an empty database, and each migration runs once', async () => {
    const servers = await Promise.all([world.start(), world.startAnother(), world.startAnother()]);
    const run = await world.rows<{ name: string }>('SELECT name FROM migrations ORDER BY name');
    expect(run.map(({ name }) => name).sort()).toEqual(allMigrations.map(({ name }) => name).sort());
    for (const server of servers) {
      await expect(fetch(`${server.url}/readyz`)).resolves.toMatchObject({ status: 200 });
    }
  });

  it('finish the request in flight after SIGTERM, take no new one, and end in good order', async () => {
    const server = await world.start({ SHUTDOWN_TIMEOUT: '20s' });
    const seller = await world.seller();
    const buyer = await world.person();
    const product = await world.product(seller);
    world.sandbox.orderFault({ fault: 'hold', match: { method: 'POST', path: '^/payments$' } });
    const inFlight = world.call('/marketplace/orders', {
      token: buyer.token,
      body: { items: [{ product_id: product }] },
    });
    await world.heldCall(/^\/payments$/);
    const start = performance.now();
    const ended = server.stop();
    await world.until('a closed door', () =>
      fetch(`${world.url}/live`).then(
        (answer) => answer.status === 503,
        () => true,
      ),
    );
    world.sandbox.releaseHolds();
    const answer = await inFlight;
    expect(answer.status).toBe(201);
    await expect(ended).resolves.toEqual({ code: null, signal: 'SIGTERM' });
    expect(performance.now() - start).toBeLessThan(20_000);
    await world.start();
    world.sandbox.succeedPayment(answer.body.data.payment.payment_id);
    await world.until('a completed order', async () => {
      return (await world.row('SELECT status FROM orders')).status === 'completed';
    });
    await expectBooksToAgree(world);
  });

  it('end within SHUTDOWN_TIMEOUT although a handler waits for a provider that never answers', async () => {
    const server = await world.start({ SHUTDOWN_TIMEOUT: '2s', PSP_TIMEOUT: '60s' });
    const order = await world.paidOrder();
    world.sandbox.orderFault({ fault: 'hold', match: { method: 'POST', path: '^/refunds$' } });
    await world.requestRefund(order);
    await world.heldCall(/^\/refunds$/);
    const start = performance.now();
    await server.stop();
    expect(performance.now() - start).toBeLessThan(5_000);
    world.sandbox.releaseHolds();
    await world.start();
    world.sandbox.succeedRefund(await world.acknowledgedRefund(order));
    await world.transferIs(order, 'reversed');
    await expectBooksToAgree(world);
    expect(world.sandbox.books().refunds).toHaveLength(1);
  });
});

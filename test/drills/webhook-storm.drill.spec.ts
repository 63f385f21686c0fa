import { collectedBytes, MEMORY_REPORTING, printSamples, sampleMemory } from '../support/memory-samples.js';
import type { ServerProcess } from '../support/server-process.js';
import type { DurablePostgres } from '../support/durable-postgres.js';
import { DrillWorld, type Person, startDurablePostgres } from './drill-world.js';
import { expectBooksToAgree } from './expect-books.js';
import { stormOf, unleash } from './webhook-storm.js';

jest.setTimeout(1_200_000);

/** `npm run storm:webhooks` sends ten thousand. */
const SIZE = Number(process.env.STORM_WEBHOOKS ?? 1_500);
const CONNECTIONS = 32;
const ORDERS = Math.min(300, Math.ceil(SIZE / 10));
const SELLERS = 10;
const BUYERS = 10;
const SEED = Number(process.env.STORM_SEED ?? Math.floor(Math.random() * 2 ** 31));
/** What a server that has taken in thousands of deliveries may have kept. */
const MAX_GROWTH_BYTES = 64 * 2 ** 20;
const AT_ONCE = 8;

/** The built server under a storm of signed webhooks: nothing happens twice, nothing is lost, memory stays flat. */
describe('a storm of webhooks', () => {
  let postgres: DurablePostgres;
  let world: DrillWorld;
  let server: ServerProcess;
  let sellers: Person[];
  let buyers: Person[];

  beforeAll(async () => {
    postgres = await startDurablePostgres();
    world = await DrillWorld.create(postgres);
    const furnishing = await world.start({ LOG_LEVEL: 'ERROR' });
    sellers = await Promise.all(Array.from({ length: SELLERS }, () => world.seller()));
    buyers = await Promise.all(Array.from({ length: BUYERS }, () => world.person()));
    await furnishing.stop();
    // From here on with the limits of every other server.
    server = await world.start(
      { LOG_LEVEL: 'ERROR', DISABLE_RATE_LIMIT_FOR_TESTS: 'false', RATE_LIMIT_LIMIT: '1000000' },
      { nodeArgs: MEMORY_REPORTING },
    );
  });

  afterAll(async () => {
    await world.close();
    await postgres.stop();
  });

  /** Does it for every index, a few at a time. */
  async function forEach(count: number, work: (index: number) => Promise<void>): Promise<void> {
    const indices = Array.from({ length: count }, (_, index) => index).reverse();
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (let index = indices.pop(); index !== undefined; index = indices.pop()) await work(index);
      }),
    );
  }

  async function placeOrders(): Promise<string[]> {
    const products = await Promise.all(sellers.map((seller, index) => world.product(seller, 1_999 + index)));
    const paymentIds: string[] = [];
    await forEach(ORDERS, async (index) => {
      const items = [products[index % SELLERS], products[(index + 1) % SELLERS]].map((product_id) => ({
        product_id,
      }));
      const answer = await world.call('/marketplace/orders', {
        token: buyers[index % BUYERS]!.token,
        body: { items },
      });
      expect(answer.status).toBe(201);
      paymentIds.push(answer.body.data.payment.payment_id);
    });
    return paymentIds;
  }

  /** Refunds that the provider has acknowledged and not decided. @returns the provider's ids */
  async function requestRefunds(paymentIds: readonly string[]): Promise<string[]> {
    const rows = await world.rows<{ id: string; buyer_id: string }>(
      'SELECT id, buyer_id FROM orders WHERE psp_payment_id = ANY ($1)',
      [paymentIds],
    );
    await forEach(rows.length, async (index) => {
      const { id, buyer_id: buyerId } = rows[index]!;
      const { token } = buyers.find((buyer) => buyer.id === buyerId)!;
      const answer = await world.call(`/marketplace/orders/${id}/refund`, { token, body: {} });
      expect(answer.status).toBe(202);
    });
    await world.until(
      'acknowledged refunds',
      () => world.sandbox.books().refunds.length === paymentIds.length,
    );
    return world.sandbox.books().refunds.map(({ id }) => id);
  }

  /** The bank decides, the sellers' accounts change, and nobody hears of it before the storm. */
  function decideEverything(
    unpaid: readonly string[],
    refundIds: readonly string[],
    accountIds: readonly string[],
  ): void {
    const { sandbox } = world;
    sandbox.setWebhookUrls({ hyperswitch: null, stripe: null });
    unpaid.forEach((paymentId, index) => {
      if (index % 3 === 0) sandbox.failPayment(paymentId);
    });
    const until = Date.now() + 2;
    // A success is never of the same millisecond as the failure before it.
    while (Date.now() < until);
    for (const paymentId of unpaid) sandbox.succeedPayment(paymentId);
    refundIds.forEach((refundId, index) => {
      if (index % 4 === 0) sandbox.failRefund(refundId);
      else sandbox.succeedRefund(refundId);
    });
    for (const accountId of accountIds) {
      sandbox.restrictAccount(accountId);
      sandbox.readyAccount(accountId);
    }
  }

  const effects = async (): Promise<unknown> =>
    world.rows(
      `SELECT t.kind, count(*)::int AS times, count(DISTINCT coalesce(t.refund_id, t.order_id))::int AS things
         FROM ledger_transactions t WHERE t.kind IN ('order_completed', 'refund_succeeded') GROUP BY t.kind ORDER BY t.kind`,
    );

  it('has each effect once and answers every delivery', async () => {
    const paymentIds = await placeOrders();
    const paid = paymentIds.slice(0, ORDERS / 2);
    for (const paymentId of paid) world.sandbox.succeedPayment(paymentId);
    await world.until('completed orders', async () => {
      const [row] = await world.rows<{ count: number }>(
        `SELECT count(*)::int AS count FROM orders WHERE status = 'completed'`,
      );
      return row!.count === paid.length;
    });
    await world.quiet();
    const refundIds = await requestRefunds(paid.slice(0, Math.floor(paid.length * 0.7)));
    await world.quiet();
    const known = new Set(world.sandbox.events().map(({ id }) => id));
    const accounts = world.sandbox.books().accounts.map(({ id }) => id);
    decideEverything(paymentIds.slice(paid.length), refundIds, accounts);
    const events = world.sandbox.events().filter(({ id }) => !known.has(id));

    const storm = stormOf(events, SIZE, SEED);
    const { seconds, statuses } = await unleash(server.url, storm, CONNECTIONS);
    process.stdout.write(
      `storm: ${String(SIZE)} webhooks about ${String(events.length)} events over ${String(CONNECTIONS)} connections, ` +
        `${(SIZE / seconds).toFixed(0)} accepted per second (bound 300), seed ${String(SEED)}; npm run storm:webhooks\n`,
    );
    expect(statuses).toEqual({ '200': SIZE });
    await world.until('an applied inbox', async () => (await openEvents()) === 0, 600_000);
    await expectBooksToAgree(world);
    const once = await effects();

    // The same news again, all under new event ids, while the memory is watched.
    const baseBytes = await collectedBytes(server);
    const second = await sampleMemory(
      server,
      unleash(server.url, stormOf(events, SIZE, SEED + 1), CONNECTIONS),
    );
    printSamples(`storm of ${String(SIZE)} webhooks`, baseBytes, second.samples);
    expect(second.result.statuses).toEqual({ '200': SIZE });
    await world.until('an applied inbox', async () => (await openEvents()) === 0, 600_000);
    expect(await effects()).toEqual(once);
    await expectBooksToAgree(world);
    expect(Math.max(...second.samples) - baseBytes).toBeLessThan(MAX_GROWTH_BYTES);
    expect(await world.rows(`SELECT kind FROM payment_exceptions WHERE resolved_at IS NULL`)).toEqual([]);
  });

  const openEvents = async (): Promise<number> => {
    const [row] = await world.rows<{ count: number }>(
      `SELECT count(*)::int AS count FROM webhook_events WHERE status IN ('received', 'unmatched', 'dead')`,
    );
    return row!.count;
  };
});

import { JobRegistry } from '../../src/infrastructure/scheduling/job-registry.js';
import { waitFor } from '../support/wait-for.js';
import type { Shop } from './shop.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const SWEEPS = ['refund-sweep', 'payment-sweep', 'transfer-retry', 'account-sweep'];
/** Further than every schedule of 08 3.2 and 3.5 reaches, but for the ten days of a short balance. */
const WAITS_MS = [
  0,
  3 * MINUTE_MS,
  20 * MINUTE_MS,
  70 * MINUTE_MS,
  7 * HOUR_MS,
  25 * HOUR_MS,
  25 * HOUR_MS,
  8 * DAY_MS,
];
const STALLED_MS = 700;

/** One run of every money sweep that there is, at the application's present time. */
export async function runSweeps(shop: Shop): Promise<void> {
  const { app, clock } = shop.world.test;
  const registry = app.get(JobRegistry, { strict: false });
  for (const id of SWEEPS) {
    const job = registry.findJob(id);
    await job?.job.run({ signal: new AbortController().signal, scheduledAt: clock.now() });
  }
}

/** Waits until what is due has been delivered, in both directions. */
export async function drain(shop: Shop): Promise<void> {
  const { sandbox, test } = shop.world;
  await sandbox.whenWebhooksAreQuiet();
  let idleSince = 0;
  await waitFor(
    async () => {
      const [row] = await test.sql<{ due: string; held: string }>(
        // What waits behind an earlier event of its aggregate is not due before that one.
        `SELECT count(*) FILTER (WHERE lease_until IS NULL AND due_at <= now()) AS due,
                count(*) FILTER (WHERE lease_until IS NOT NULL) AS held
           FROM outbox_deliveries d
          WHERE done_at IS NULL AND dead_at IS NULL AND NOT EXISTS (
                SELECT 1 FROM outbox_deliveries earlier
                 WHERE earlier.handler = d.handler AND earlier.aggregate_id = d.aggregate_id
                   AND earlier.position < d.position AND earlier.done_at IS NULL AND earlier.dead_at IS NULL)`,
      );
      if (row!.due !== '0') idleSince = 0;
      else if (row!.held !== '0') {
        // A lease whose holder lost the database is only given up by its time.
        idleSince ||= Date.now();
        if (Date.now() - idleSince > STALLED_MS) await endLeases(shop);
      }
      return row!.due === '0' && row!.held === '0';
    },
    { what: 'a drained outbox', timeoutMs: 20_000 },
  );
}

/** As if all leases had run out: whoever held them is taken for dead. */
async function endLeases({ world }: Shop): Promise<void> {
  await world.test.sql(`UPDATE outbox_deliveries SET lease_until = now() WHERE lease_until > now()`);
}

/** Everything that waits for a later moment is due, and everything that was claimed by a dead process is free. */
async function letTimePass(shop: Shop, ms: number): Promise<void> {
  const { test } = shop.world;
  test.clock.advance(ms);
  await test.sql(
    `UPDATE outbox_deliveries SET due_at = now() WHERE done_at IS NULL AND dead_at IS NULL AND due_at > now()`,
  );
  await test.sql(`UPDATE seller_transfers SET lease_until = now() WHERE lease_until > now()`);
  await test.sql(`UPDATE transfer_reversals SET lease_until = now() WHERE lease_until > now()`);
}

/** Moves business time and runs the sweeps once. */
export async function passTime(shop: Shop, ms: number): Promise<void> {
  await letTimePass(shop, ms);
  await runSweeps(shop);
}

/**
 * The world heals and time passes over all schedules: afterwards nothing happens by itself any more.
 * Events that the provider lost are not sent again where a sweep has to find them.
 */
export async function settle(shop: Shop): Promise<void> {
  await shop.heal();
  resendWhatNoSweepFinds(shop);
  await drain(shop);
  for (const ms of WAITS_MS) {
    await passTime(shop, ms);
    await drain(shop);
  }
}

/** Nobody asks again about a refund that had ended, or about one that nobody here asked for: the provider must tell. */
function resendWhatNoSweepFinds(shop: Shop): void {
  const { sandbox } = shop.world;
  const { refunds, events } = sandbox.books();
  const isOurs = new Set(refunds.filter(({ origin }) => origin === 'api').map(({ id }) => id));
  const timesTold = (objectId: string): number =>
    events.filter((event) => event.objectId === objectId).length;
  for (const { id, type, objectId, state } of events) {
    const isSwept =
      type.startsWith('payment_') ||
      (type.startsWith('refund_') && isOurs.has(objectId) && timesTold(objectId) === 1);
    if (state !== 'delivered' && !isSwept) sandbox.resendWebhook(id);
  }
}

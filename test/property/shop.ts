import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { MoneyWorld, type Seller } from '../e2e/core/marketplace/money-world.js';
import type { Actor } from '../support/index.js';
import { testServerUrl } from '../support/database.js';
import { waitFor } from '../support/wait-for.js';
import { BUYERS, SELLERS } from './plan.js';
import { uncommittedKeyOf } from './committed-keys.js';
import { WireWitness } from './wire-witness.js';

/** Tokens outlive every schedule that a plan lets pass. */
const LONG_SESSIONS = { JWT_EXPIRATION: '400d', JWT_REFRESH_TTL: '500d', JWT_REFRESH_FAMILY_TTL: '500d' };
const SHORT_TIMES = { PSP_TIMEOUT: '700ms', OUTBOX_LEASE: '1s' };
const OUTAGE_MS = 120;

/**
 * The real application on a database of its own, between its sellers, buyers and the sandbox, with a wire
 * that can be watched and a database that can be taken away.
 */
export class Shop {
  /** PSP writes whose key no committed row held when they arrived (I9). */
  readonly earlyWrites: string[] = [];
  /** True from the first outage on: requests of callers may have failed. */
  hadOutage = false;
  private outage: Promise<void> = Promise.resolve();

  private constructor(
    readonly world: MoneyWorld,
    readonly witness: WireWitness,
    readonly sellers: readonly Seller[],
    readonly buyers: readonly Actor[],
    readonly admin: Actor,
  ) {
    witness.beforeCall = (call) => this.watch(call);
  }

  static async open(): Promise<Shop> {
    const witness = await WireWitness.open();
    const world = await MoneyWorld.create({
      HYPERSWITCH_URL: witness.url,
      STRIPE_API_URL: witness.url,
      ...LONG_SESSIONS,
      ...SHORT_TIMES,
    });
    witness.target = world.sandbox.url;
    world.sandbox.updateSettings({ webhookBackoffMs: [20, 40, 80, 150, 300] });
    const [admin, ...people] = await Promise.all([
      world.admin(),
      ...Array.from({ length: SELLERS }, () => world.seller()),
      ...Array.from({ length: BUYERS }, () => world.buyer()),
    ]);
    return new Shop(world, witness, people.slice(0, SELLERS) as Seller[], people.slice(SELLERS), admin);
  }

  async close(): Promise<void> {
    await this.outage;
    await this.world.close();
    await this.witness.close();
  }

  /** A product of one seller; services can be bought again and again. */
  product(seller: number, priceMinor: number): Promise<string> {
    return this.world.product(this.sellers[seller]!, priceMinor);
  }

  /** No fault, no short balance, no restricted account, nothing waiting on the wire. */
  async heal(): Promise<void> {
    await this.outage;
    const { sandbox } = this.world;
    this.witness.beforeCall = (call) => this.watch(call);
    this.witness.afterCall = () => Promise.resolve();
    sandbox.clearFaults();
    sandbox.releaseHolds();
    sandbox.updateSettings({ platformBalanceMinor: null });
    for (const seller of this.sellers) sandbox.readyAccount(seller.stripeAccountId);
  }

  /** Takes the database away now: open transactions die, and nobody connects for a moment. */
  takeDatabaseAway(): Promise<void> {
    this.hadOutage = true;
    this.outage = this.outage.then(() => outageOf(this.world.test.database.url));
    return this.outage;
  }

  /** Takes it away when the next call reaches the wire, or when its answer is on the way back. */
  takeDatabaseAwayAtNextCall(moment: 'beforeCall' | 'afterCall'): void {
    this.hadOutage = true;
    const usual = this.witness[moment];
    this.witness[moment] = async (call) => {
      if (call.method !== 'POST') return usual(call);
      this.witness[moment] = usual;
      await usual(call);
      // The answer arrives while the database is away.
      void this.takeDatabaseAway();
      await waitFor(() => this.connections().then((count) => count === 0), { what: 'the outage' });
    };
  }

  private async watch(call: Parameters<WireWitness['beforeCall']>[0]): Promise<void> {
    const problem = await uncommittedKeyOf(call, this.world.test);
    if (problem !== null) this.earlyWrites.push(problem);
  }

  private async connections(): Promise<number> {
    const [row] = await this.world.test.sql<{ count: string }>(
      `SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'veza-backend-api'`,
    );
    return Number(row!.count);
  }
}

/** What a killed PostgreSQL is to the application: lost connections, and no new ones for a while. */
async function outageOf(databaseUrl: string): Promise<void> {
  const name = new URL(databaseUrl).pathname.slice(1);
  const server = new Client({ connectionString: testServerUrl() });
  await server.connect();
  try {
    await server.query(`ALTER DATABASE "${name}" ALLOW_CONNECTIONS false`);
    await server.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = $1 AND application_name IN ('veza-backend-api', 'veza-listener')`,
      [name],
    );
    await pause(OUTAGE_MS);
  } finally {
    await server.query(`ALTER DATABASE "${name}" ALLOW_CONNECTIONS true`);
    await server.end();
  }
}

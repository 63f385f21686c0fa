import { setTimeout as pause } from 'node:timers/promises';
import type { CallFault, Sandbox } from '../psp-sandbox/index.js';
import type { DrillWorld } from './drill-world.js';
import type { OperationKind } from './operations.js';
import { Tally } from './tally.js';
import { waitUntil } from './wait-until.js';

/** A call that the server makes, and the operation that leads to it. */
interface HeldPoint {
  name: string;
  match: { method: string; path: string };
  cause: OperationKind;
}

/** Each kind of answer that the sandbox holds back while the server is killed. */
const HELD_POINTS: readonly HeldPoint[] = [
  { name: 'POST /payments', match: { method: 'POST', path: '^/payments$' }, cause: 'purchase' },
  { name: 'GET /payments/:id', match: { method: 'GET', path: '^/payments/pay_' }, cause: 'purchase' },
  { name: 'POST /refunds', match: { method: 'POST', path: '^/refunds$' }, cause: 'refund_full' },
  { name: 'GET /refunds/:id', match: { method: 'GET', path: '^/refunds/ref_' }, cause: 'refund_partial' },
  { name: 'POST /v1/transfers', match: { method: 'POST', path: '^/v1/transfers$' }, cause: 'transfer' },
  { name: 'GET /v1/transfers', match: { method: 'GET', path: '^/v1/transfers' }, cause: 'transfer' },
  {
    name: 'POST /v1/transfers/:id/reversals',
    match: { method: 'POST', path: '/reversals$' },
    cause: 'reversal',
  },
  { name: 'GET /v1/accounts/:id', match: { method: 'GET', path: '^/v1/accounts/' }, cause: 'account' },
];

const CALLS = '^/(payments|refunds|v1/(transfers|accounts))';
/** The SDK repeats a broken connection once by itself: such a fault has to strike twice. */
const CALL_FAULTS: readonly CallFault[] = [
  { fault: 'drop_before_commit', times: 2 },
  { fault: 'drop_after_commit', times: 2 },
  { fault: 'status', status: 500 },
  { fault: 'status', status: 502, body: '<h1>Bad gateway</h1>' },
  { fault: 'status', status: 503, commit: true },
  { fault: 'empty_id' },
  { fault: 'empty_object' },
  { fault: 'truncate', times: 2 },
  { fault: 'delay', delayMs: 2_500 },
];
const WEBHOOK_FAULTS = ['lose', 'duplicate', 'reorder', 'delay', 'corrupt_signature'] as const;

/** What the sweeps ask for. Disputes are reported by their webhooks alone: one that is lost needs its provider's repeat. */
const ASKED_FOR = '^(payment|refund|transfer)';

const HOLD_MS = 3_000;

/** Kills processes and spoils calls, and counts what it did. */
export class Disturbances {
  /** Kills of the server by point. */
  readonly kills = new Tally();
  databaseCrashes = 0;
  /** When the server answered again after its last kill, by `performance.now()`. */
  lastStartAt = 0;
  private readonly sandbox: Sandbox;

  constructor(private readonly world: DrillWorld) {
    this.sandbox = world.sandbox;
  }

  /**
   * One SIGKILL at a point that chance chooses, and the start after it.
   * @param begin starts an operation that leads to the point
   */
  async strike(begin: (kind: OperationKind) => void): Promise<void> {
    const { random } = this.world;
    if (random.isTrue(0.6)) this.orderFault();
    const point = random.next();
    if (point < 0.65) await this.killWhileHeld(begin);
    else if (point < 0.85) await this.killAtRandom();
    else await this.killWhileStarting();
    const isReleasedDead = random.isTrue(0.5);
    if (isReleasedDead) this.sandbox.releaseHolds();
    if (random.isTrue(0.06)) await this.crashDatabase();
    this.world.server.launch();
    await this.world.server.untilReady();
    this.lastStartAt = performance.now();
    this.sandbox.releaseHolds();
  }

  /** No fault and no hold is left. */
  calm(): void {
    this.sandbox.clearFaults();
    this.sandbox.releaseHolds();
  }

  private async killWhileHeld(begin: (kind: OperationKind) => void): Promise<void> {
    const { random, server } = this.world;
    const point = random.pick(HELD_POINTS);
    const commit = random.isTrue(0.5);
    this.sandbox.orderFault({ fault: 'hold', commit, match: point.match, times: 1 });
    begin(point.cause);
    const isHeld = await waitUntil(() => this.sandbox.holds().length > 0, HOLD_MS, 10);
    await server.kill();
    if (!isHeld) this.sandbox.clearFaults();
    this.kills.add(isHeld ? `${point.name} held ${commit ? 'after' : 'before'} commit` : 'at random');
  }

  private async killAtRandom(): Promise<void> {
    await pause(this.world.random.between(0, 1_200));
    await this.world.server.kill();
    this.kills.add('at random');
  }

  /** Twice: once to have a start, and once in the middle of it. */
  private async killWhileStarting(): Promise<void> {
    await this.killAtRandom();
    this.world.server.launch();
    await pause(this.world.random.between(300, 2_500));
    await this.world.server.kill();
    this.kills.add('while starting');
  }

  /** PostgreSQL ends without a checkpoint, in half of the cases under a server that lives. */
  private async crashDatabase(): Promise<void> {
    if (this.world.random.isTrue(0.5)) {
      this.world.server.launch();
      await this.world.server.untilReady();
      await pause(this.world.random.between(0, 800));
    }
    await this.world.postgres.crash();
    this.databaseCrashes += 1;
  }

  private orderFault(): void {
    const { random } = this.world;
    if (random.isTrue(0.5)) {
      const webhook = random.pick(WEBHOOK_FAULTS);
      const isGone = webhook === 'lose' || webhook === 'corrupt_signature';
      const match = isGone ? { match: { type: ASKED_FOR } } : {};
      this.sandbox.orderFault({ webhook, delayMs: 1_500, ...match });
      return;
    }
    this.sandbox.orderFault({
      ...random.pick(CALL_FAULTS),
      match: { path: CALLS },
      after: random.between(0, 3),
    });
  }
}

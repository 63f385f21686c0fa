import { spawnSync } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { Disturbances } from './disturbances.js';
import type { DrillReport } from './drill-report.js';
import { DrillWorld } from './drill-world.js';
import { OPERATION_KINDS, Operations, type OperationKind } from './operations.js';
import { Random } from './random.js';
import { Reckoner } from './reckoning.js';
import { settle } from './settlement.js';
import { Tally } from './tally.js';

export interface DrillOptions {
  /** SIGKILLs of the server, at least. */
  kills: number;
  seed: number;
  /** The built server. */
  program: string;
  /** Told of each batch. */
  onProgress?: (line: string) => void;
  /** Runs before the last comparison: a test plants a loss here and sees it found. */
  beforeLastReckoning?: (world: DrillWorld) => Promise<void>;
}

const OPERATIONS_PER_BATCH = 20;
const KILLS_PER_BATCH = 10;
const BEGUN_AT_ONCE = 8;
/** What a batch has left open is killed once more in the next one before the books are compared. */
const BATCHES_PER_RECKONING = 2;
const SETTLE_MS = 120_000;
/** How often a batch has each kind; the first batches have nothing to give back yet and buy instead. */
const WEIGHTS: Record<OperationKind, number> = {
  purchase: 7,
  transfer: 2,
  refund_full: 3,
  refund_partial: 3,
  reversal: 2,
  webhook: 1,
  account: 1,
  dispute: 1,
};

/** Buys, refunds, pays out and takes back while processes are killed, and compares all books after each batch. */
export class MoneyDrill {
  private readonly outcomes = new Tally();
  private readonly faults = new Tally();
  private readonly problems: string[] = [];
  private readonly operations: Operations;
  private readonly disturbances: Disturbances;
  private readonly reckoner: Reckoner;
  private centsLost = 0;
  private duplicates = 0;
  private batches = 0;
  private longestSettlementMs = 0;
  private faultsReadUntil = '';

  private constructor(
    private readonly world: DrillWorld,
    private readonly options: DrillOptions,
  ) {
    this.operations = new Operations(world);
    this.disturbances = new Disturbances(world);
    this.reckoner = new Reckoner(world);
  }

  /** @throws Error when the server or PostgreSQL cannot be started */
  static async run(options: DrillOptions): Promise<DrillReport> {
    const startedAt = new Date();
    const world = await DrillWorld.create(new Random(options.seed), options.program);
    let isLogKept = true;
    try {
      await world.furnish();
      const drill = new MoneyDrill(world, options);
      await drill.runBatches();
      const report = await drill.report(startedAt);
      isLogKept = report.problems.length > 0;
      return report;
    } finally {
      const log = await world.close(isLogKept);
      if (log !== null) options.onProgress?.(`The server's log: ${log}`);
    }
  }

  private async runBatches(): Promise<void> {
    while (this.disturbances.kills.total < this.options.kills) {
      await this.runBatch();
      const { kills } = this.disturbances;
      this.options.onProgress?.(
        `batch ${String(this.batches)}: ${String(kills.total)} kills, ${String(this.centsLost)} cents lost, ` +
          `${String(this.duplicates)} duplicates, ${String(this.problems.length)} problems`,
      );
      if (this.problems.length > 0) return;
    }
    await this.operations.decideEverything();
    await this.settleAndReckon(true);
  }

  private async runBatch(): Promise<void> {
    const waiting = Array.from({ length: OPERATIONS_PER_BATCH }, () => this.pickKind());
    const running: Promise<void>[] = [];
    const begin = (kind: OperationKind): void => void running.push(this.runOperation(kind));
    const beginWaiting = (kind: OperationKind): void => {
      const index = Math.max(waiting.indexOf(kind), 0);
      waiting.splice(index, 1);
      begin(kind);
    };
    for (const kind of waiting.splice(0, BEGUN_AT_ONCE)) begin(kind);
    const target = Math.min(this.disturbances.kills.total + KILLS_PER_BATCH, this.options.kills);
    while (this.disturbances.kills.total < target) {
      await this.disturbances.strike(beginWaiting);
      for (const kind of waiting.splice(0, 1)) begin(kind);
    }
    for (const kind of waiting) begin(kind);
    this.disturbances.calm();
    await Promise.all(running);
    this.batches += 1;
    if (this.batches % BATCHES_PER_RECKONING === 0) await this.settleAndReckon(false);
  }

  private async runOperation(kind: OperationKind): Promise<void> {
    await pause(this.world.random.between(0, 500));
    const outcome = await this.operations
      .run(kind)
      .catch((error: unknown) => `broken: ${error instanceof Error ? error.message : String(error)}`);
    if (outcome.startsWith('broken')) this.problems.push(`The operation ${kind} is ${outcome}`);
    this.outcomes.add(`${kind} ${outcome}`);
  }

  /** After the banks' deliveries the books must agree, whatever was killed before. */
  private async settleAndReckon(isLast: boolean): Promise<void> {
    const open = await settle(this.world, SETTLE_MS);
    const settledMs = performance.now() - this.disturbances.lastStartAt;
    if (!isLast) this.longestSettlementMs = Math.max(this.longestSettlementMs, settledMs);
    this.problems.push(...open.map((line) => `Not settled after ${String(SETTLE_MS)} ms: ${line}`));
    if (isLast) await this.options.beforeLastReckoning?.(this.world);
    const found = await this.reckoner.reckon(this.operations.orders);
    this.centsLost += found.centsLost;
    this.duplicates += found.duplicates;
    this.problems.push(...found.problems);
    this.countFaults();
  }

  private pickKind(): OperationKind {
    const weighted = OPERATION_KINDS.flatMap((kind) => Array.from({ length: WEIGHTS[kind] }, () => kind));
    return this.world.random.pick(weighted);
  }

  /** The sandbox keeps the last thousands of calls only, so that each batch counts its own. */
  private countFaults(): void {
    for (const { at, fault, status } of this.world.sandbox.requests()) {
      if (fault === null || at <= this.faultsReadUntil) continue;
      this.faults.add(fault === 'status' ? `answer ${String(status)}` : `answer ${fault}`);
    }
    this.faultsReadUntil = new Date().toISOString();
  }

  private async report(startedAt: Date): Promise<DrillReport> {
    const books = this.world.sandbox.books();
    for (const { state, deliveries } of books.events) {
      const fault = state === 'lost' ? 'lose' : deliveries.find((one) => one.fault !== null)?.fault;
      if (fault != null) this.faults.add(`webhook ${fault}`);
    }
    const exceptions = await this.world.postgres.rows<{ kind: string; count: number }>(
      'SELECT kind, count(*)::int AS count FROM payment_exceptions WHERE resolved_at IS NULL GROUP BY kind ORDER BY kind',
    );
    return {
      commit: commitOf(),
      seed: this.options.seed,
      startedAt: startedAt.toISOString(),
      durationMs: Date.now() - startedAt.getTime(),
      batches: this.batches,
      kills: this.disturbances.kills.total,
      killsByPoint: this.disturbances.kills.toJSON(),
      databaseKills: this.disturbances.databaseCrashes,
      faults: this.faults.toJSON(),
      operations: this.outcomes.toJSON(),
      repeatedRequests: this.world.client.repeats,
      unexpectedExits: this.world.server.exits,
      moved: { ...books.totals['EUR'], disputedMinor: books.disputedMinor['EUR'] ?? 0 },
      exceptions: Object.fromEntries(exceptions.map(({ kind, count }) => [kind, count])),
      centsLost: this.centsLost,
      duplicates: this.duplicates,
      longestSettlementMs: Math.round(this.longestSettlementMs),
      problems: this.problems,
    };
  }
}

function commitOf(): string {
  const { status, stdout } = spawnSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : 'unknown';
}

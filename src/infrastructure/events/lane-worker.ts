import type { ClaimedDelivery } from './outbox.repository.js';

/** What a lane needs from the dispatcher. */
export interface LaneOptions {
  concurrency: number;
  /** Most deliveries that one claim takes. */
  batchSize: number;
  /** Longest time between two looks at the outbox. */
  pollIntervalMs: number;
  claim: (limit: number) => Promise<ClaimedDelivery[]>;
  run: (delivery: ClaimedDelivery) => Promise<void>;
  release: (delivery: ClaimedDelivery) => Promise<unknown>;
  /** Milliseconds until the next delivery becomes due, or null. */
  findNextDueMs: () => Promise<number | null>;
  onError: (error: unknown) => void;
}

/**
 * Claims as many deliveries as it may run at once and no more: what is claimed is under way. It looks again
 * when it is woken, when something ends, when the next delivery is due, and at the poll interval.
 */
export class LaneWorker {
  private readonly running = new Set<Promise<void>>();
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | null = null;
  private mustLookAgain = false;
  private isStopped = false;

  constructor(private readonly options: LaneOptions) {}

  /** Looks for work now, or once more when it is looking already. */
  wake(): void {
    if (this.isStopped) return;
    this.mustLookAgain = true;
    this.looking ??= this.look();
  }

  /** Takes no more work. */
  stop(): void {
    this.isStopped = true;
    clearTimeout(this.timer);
  }

  /** Resolves when nothing is under way any more. Call {@link stop} before. */
  async whenIdle(): Promise<void> {
    await this.looking;
    await Promise.all(this.running);
  }

  private async look(): Promise<void> {
    clearTimeout(this.timer);
    let nextLookMs = this.options.pollIntervalMs;
    try {
      while (this.mustLookAgain && !this.isStopped) {
        this.mustLookAgain = false;
        nextLookMs = await this.takeWork();
      }
    } catch (error) {
      this.options.onError(error);
    }
    this.looking = null;
    if (this.isStopped) return;
    this.timer = setTimeout(() => this.wake(), nextLookMs);
  }

  /** @returns when to look again at the latest, in milliseconds */
  private async takeWork(): Promise<number> {
    const free = this.options.concurrency - this.running.size;
    if (free <= 0) return this.options.pollIntervalMs;
    const limit = Math.min(free, this.options.batchSize);
    const deliveries = await this.options.claim(limit);
    for (const delivery of deliveries) this.begin(delivery);
    if (deliveries.length === limit) {
      this.mustLookAgain ||= limit < free;
      return this.options.pollIntervalMs;
    }
    const nextDueMs = await this.options.findNextDueMs();
    return Math.min(nextDueMs ?? Number.POSITIVE_INFINITY, this.options.pollIntervalMs);
  }

  private begin(delivery: ClaimedDelivery): void {
    const work = this.isStopped
      ? this.options.release(delivery).then(() => undefined, this.options.onError)
      : this.options.run(delivery);
    const ended = work.finally(() => {
      this.running.delete(ended);
      this.wake();
    });
    this.running.add(ended);
  }
}

import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { EventEmitter2 } from '@nestjs/event-emitter';
import { AppConfig } from '../config/index.js';
import { DeliveryRunner } from './delivery-runner.js';
import { LANES, type Lane } from './event-handler.js';
import { HandlerRegistry } from './handler-registry.js';
import { LaneWorker } from './lane-worker.js';
import { OutboxRepository } from './outbox.repository.js';
import { OUTBOX_WAKE } from './wake-up.js';

const CONCURRENCY = { default: 4, money: 4, mail: 2 } as const;

/**
 * Delivers the outbox: one worker per lane, in processes of the role `all` or `worker`. Several processes
 * share the work, because each delivery is claimed in the database.
 */
@Injectable()
export class OutboxDispatcher implements OnApplicationBootstrap, OnModuleDestroy, BeforeApplicationShutdown {
  private readonly logger = new Logger(OutboxDispatcher.name);
  private readonly patience = new AbortController();
  private lanes: LaneWorker[] = [];
  private patienceTimer: NodeJS.Timeout | undefined;
  private isFailing = false;

  constructor(
    private readonly config: AppConfig,
    private readonly outbox: OutboxRepository,
    private readonly handlers: HandlerRegistry,
    private readonly runner: DeliveryRunner,
    private readonly emitter: EventEmitter2,
  ) {}

  /** Starts, when this process is one that works. */
  onApplicationBootstrap(): void {
    if (this.config.get('PROCESS_ROLE') === 'api') return;
    this.lanes = LANES.map((lane) => this.openLane(lane));
    this.emitter.on(OUTBOX_WAKE, this.wake);
    this.wake();
  }

  /** Takes no more work; what runs has until SHUTDOWN_TIMEOUT. */
  onModuleDestroy(): void {
    this.emitter.off(OUTBOX_WAKE, this.wake);
    for (const lane of this.lanes) lane.stop();
    this.patienceTimer = setTimeout(
      () => this.patience.abort(new Error('The process stops')),
      this.config.get('SHUTDOWN_TIMEOUT'),
    );
  }

  /**
   * Waits for the running handlers. A handler that goes on for longer keeps its lease until that runs out,
   * so that nobody begins the same work beside it.
   */
  async beforeApplicationShutdown(): Promise<void> {
    const isOver = new Promise<'over'>((resolve) => {
      this.patience.signal.addEventListener('abort', () => resolve('over'), { once: true });
    });
    const idle = Promise.all(this.lanes.map((lane) => lane.whenIdle()));
    const outcome = this.patience.signal.aborted ? 'over' : await Promise.race([isOver, idle]);
    clearTimeout(this.patienceTimer);
    if (outcome === 'over') this.logger.warn('Handlers were still running when the process stopped');
  }

  private readonly wake = (): void => {
    for (const lane of this.lanes) lane.wake();
  };

  private openLane(lane: Lane): LaneWorker {
    const leaseMs = this.config.get(lane === 'media' ? 'MEDIA_LEASE' : 'OUTBOX_LEASE');
    return new LaneWorker({
      concurrency: lane === 'media' ? this.config.get('MEDIA_CONCURRENCY') : CONCURRENCY[lane],
      batchSize: this.config.get('OUTBOX_BATCH_SIZE'),
      pollIntervalMs: this.config.get('OUTBOX_POLL_INTERVAL'),
      claim: async (limit) => {
        const claimed = await this.outbox.claim(lane, this.handlers.names(), { limit, leaseMs });
        this.isFailing = false;
        return claimed;
      },
      run: async (delivery) => {
        const handler = this.handlers.findHandler(delivery.handler);
        if (handler) await this.runner.run({ delivery, handler, leaseMs, stopSignal: this.patience.signal });
      },
      release: (delivery) => this.outbox.release(delivery),
      findNextDueMs: () => this.outbox.findNextDueMs(lane),
      onError: (error) => this.reportOutage(error),
    });
  }

  /** Once per outage: the poll goes on and would repeat the line every second. */
  private reportOutage(error: unknown): void {
    if (this.isFailing) return;
    this.isFailing = true;
    this.logger.error({ message: 'The outbox cannot be read; it is tried again at every poll', err: error });
  }
}

import { Injectable, Logger } from '@nestjs/common';
import { ClsService } from 'nestjs-cls';
import { Heartbeat } from '../leases/index.js';
import { DeadLetter, RetryLater } from './delivery-signals.js';
import type { BoundHandler } from './handler-registry.js';
import { OutboxRepository, type ClaimedDelivery } from './outbox.repository.js';

/** A claimed delivery, its handler, and how long its lease is. */
export interface DeliveryRun {
  delivery: ClaimedDelivery;
  handler: BoundHandler;
  leaseMs: number;
  /** Aborted when the process stops and its patience is over. */
  stopSignal: AbortSignal;
}

const LONGEST_REASON = 2_000;

/** Runs one handler under a heartbeat and stores how it ended. It never throws. */
@Injectable()
export class DeliveryRunner {
  private readonly logger = new Logger(DeliveryRunner.name);

  constructor(
    private readonly outbox: OutboxRepository,
    private readonly cls: ClsService,
  ) {}

  /** Hands the event to its handler and settles the delivery. */
  async run(run: DeliveryRun): Promise<void> {
    const leaseLost = new AbortController();
    const heartbeat = this.startHeartbeat(run, leaseLost);
    try {
      const isHeld = await this.settle(run, leaseLost.signal);
      if (!isHeld) this.log('warn', run, 'The lease was lost; the delivery is settled by whoever has it');
    } catch (error) {
      this.log('error', run, 'How a delivery ended could not be stored; it is delivered again', error);
    } finally {
      heartbeat.stop();
    }
  }

  private async settle(run: DeliveryRun, leaseLost: AbortSignal): Promise<boolean> {
    const { delivery, handler } = run;
    if (delivery.attempts > handler.maxAttempts) {
      this.log('error', run, 'The delivery is dead: the process ended during its last attempt');
      return this.giveUp(run, 'The process ended during the last attempt', leaseLost);
    }
    try {
      await this.handle(run, leaseLost);
    } catch (error) {
      return this.settleFailure(run, error, leaseLost);
    }
    return this.outbox.markDone(delivery);
  }

  /** A new context: neither the transaction nor the user of whoever woke the dispatcher reaches the handler. */
  private handle(run: DeliveryRun, leaseLost: AbortSignal): Promise<void> {
    const callHandler = (): Promise<void> => run.handler.handler.handle(eventOf(run, leaseLost));
    return this.cls.exit(() => this.cls.run(callHandler));
  }

  /** The handler hears of it first: a crash in between calls it again, and nothing ends unheard. */
  private async giveUp(run: DeliveryRun, reason: string, leaseLost: AbortSignal): Promise<boolean> {
    const tellHandler = async (): Promise<void> =>
      run.handler.handler.onDead?.(eventOf(run, leaseLost), reason);
    await this.cls.exit(() => this.cls.run(tellHandler));
    return this.outbox.markDead(run.delivery, reason);
  }

  private settleFailure(run: DeliveryRun, error: unknown, leaseLost: AbortSignal): Promise<boolean> {
    const { delivery, handler } = run;
    const reason = reasonOf(error);
    if (error instanceof RetryLater) {
      this.log('debug', run, `Postponed for ${String(error.delaySeconds)} s: ${reason}`);
      return this.outbox.postpone(delivery, Math.round(error.delaySeconds * 1_000), reason);
    }
    if (error instanceof DeadLetter || delivery.attempts >= handler.maxAttempts) {
      this.log('error', run, 'The delivery is dead', error);
      return this.giveUp(run, reason, leaseLost);
    }
    const delayMs = backoffMs(handler.backoffSeconds, delivery.attempts);
    this.log('warn', run, `The handler failed and is called again in ${String(delayMs)} ms`, error);
    return this.outbox.retry(delivery, delayMs, reason);
  }

  private startHeartbeat(run: DeliveryRun, leaseLost: AbortController): Heartbeat {
    return new Heartbeat({
      leaseMs: run.leaseMs,
      extend: () => this.outbox.extend(run.delivery, run.leaseMs),
      onLost: () => leaseLost.abort(new Error('The lease of the delivery was lost')),
      onError: (error) => this.log('warn', run, 'The lease could not be extended', error),
    });
  }

  private log(
    level: 'debug' | 'warn' | 'error',
    { delivery }: DeliveryRun,
    message: string,
    error?: unknown,
  ): void {
    this.logger[level]({
      message,
      event_id: delivery.eventId,
      event_type: delivery.type,
      handler: delivery.handler,
      attempt: delivery.attempts,
      ...(error === undefined ? {} : { err: error }),
    });
  }
}

/** Milliseconds to wait after the given attempt; the last step of the backoff repeats. */
export function backoffMs(backoffSeconds: readonly number[], attempt: number): number {
  const seconds = backoffSeconds[Math.min(attempt, backoffSeconds.length) - 1] ?? 0;
  return Math.round(seconds * 1_000);
}

function eventOf(
  { delivery, stopSignal }: DeliveryRun,
  leaseLost: AbortSignal,
): Parameters<BoundHandler['handler']['handle']>[0] {
  return {
    id: delivery.eventId,
    type: delivery.type,
    aggregateId: delivery.aggregateId,
    payload: delivery.payload,
    occurredAt: delivery.occurredAt,
    attempt: delivery.attempts,
    signal: AbortSignal.any([stopSignal, leaseLost]),
  };
}

const reasonOf = (error: unknown): string =>
  (error instanceof Error ? `${error.name}: ${error.message}` : String(error)).slice(0, LONGEST_REASON);

import { Injectable } from '@nestjs/common';
import type { EventDefinition } from './event-definition.js';

/** An event as its handler gets it. */
export interface DeliveredEvent<Payload extends object> {
  readonly id: string;
  readonly type: string;
  readonly aggregateId: string;
  readonly payload: Payload;
  /** Business time of the event. */
  readonly occurredAt: Date;
  /** 1 for the first attempt. */
  readonly attempt: number;
  /** Aborted when the lease was lost or when the process stops and its patience is over. */
  readonly signal: AbortSignal;
}

/**
 * Reacts to one kind of event. It is called at least once, outside any transaction, in order per
 * aggregate; it must give the same result when it is called again.
 */
export interface EventHandler<Payload extends object> {
  handle(event: DeliveredEvent<Payload>): Promise<void>;
  /**
   * Called before a delivery is given up for ever, so that whoever waits for it can be told. At least once;
   * while it throws, the delivery is not given up.
   */
  onDead?(event: DeliveredEvent<Payload>, reason: string): Promise<void>;
}

/** Deliveries of one lane share its concurrency, so that slow media never hold up money. */
export const LANES = ['default', 'money', 'media', 'mail'] as const;
export type Lane = (typeof LANES)[number];

/** How a handler is run. */
export interface OutboxHandlerOptions {
  lane?: Lane;
  /** Attempts before the delivery is dead; `unlimited` never gives up. Default 10. */
  maxAttempts?: number | 'unlimited';
  /** Seconds before the second, third, ... attempt; the last one repeats. Default up to one hour. */
  backoff?: readonly number[];
}

/** What the decorator leaves on a class, with the defaults filled in. */
export interface HandlerMetadata {
  readonly event: EventDefinition<object>;
  readonly name: string;
  readonly lane: Lane;
  readonly maxAttempts: number;
  readonly backoffSeconds: readonly number[];
}

const DEFAULT_ATTEMPTS = 10;
const DEFAULT_BACKOFF_SECONDS = [1, 5, 30, 120, 600, 3_600] as const;
const HANDLERS = Symbol('outbox handlers');

/** Marks an injectable class as the handler `name` of an event. A class may carry several of these. */
export function OutboxHandler<Payload extends object>(
  event: EventDefinition<Payload>,
  name: string,
  {
    lane = 'default',
    maxAttempts = DEFAULT_ATTEMPTS,
    backoff = DEFAULT_BACKOFF_SECONDS,
  }: OutboxHandlerOptions = {},
) {
  const metadata: HandlerMetadata = {
    event,
    name,
    lane,
    maxAttempts: maxAttempts === 'unlimited' ? Number.POSITIVE_INFINITY : maxAttempts,
    backoffSeconds: backoff,
  };
  return (target: new (...args: never[]) => EventHandler<Payload>): void => {
    Injectable()(target);
    Reflect.defineMetadata(HANDLERS, [...handlersOf(target), metadata], target);
  };
}

/** What {@link OutboxHandler} left on a class; empty for any other class. */
export function handlersOf(target: object): readonly HandlerMetadata[] {
  return (Reflect.getOwnMetadata(HANDLERS, target) as HandlerMetadata[] | undefined) ?? [];
}

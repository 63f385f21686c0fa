import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { declaredEvents, type EventDefinition } from './event-definition.js';
import { handlersOf, type EventHandler, type HandlerMetadata, type Lane } from './event-handler.js';

/** A handler that exists: its description and the object that does the work. */
export interface BoundHandler extends HandlerMetadata {
  readonly handler: EventHandler<object>;
}

/**
 * Brings events and handlers together, or says in one sentence per problem why they do not fit.
 * @throws Error that lists every problem; the boot fails with it
 */
export function bindHandlers(
  events: readonly EventDefinition<object>[],
  handlers: readonly BoundHandler[],
): ReadonlyMap<string, BoundHandler> {
  const problems = [
    ...repeated(events.map((event) => event.type)).map((type) => `Two events have the type "${type}".`),
    ...events
      .filter((event) => event.handlers.length === 0)
      .map((event) => `The event "${event.type}" names no handler.`),
    ...repeated(handlers.map((handler) => handler.name)).map(
      (name) => `Two handlers have the name "${name}".`,
    ),
    ...events.flatMap((event) =>
      repeated(event.handlers).map((name) => `The event "${event.type}" names the handler "${name}" twice.`),
    ),
    ...events.flatMap((event) => missingHandlers(event, handlers)),
    ...handlers.flatMap((handler) => handlerWithoutEvent(handler, events)),
  ];
  if (problems.length > 0) throw new Error(`The events do not fit their handlers. ${problems.join(' ')}`);
  return new Map(handlers.map((handler) => [handler.name, handler]));
}

const repeated = (names: readonly string[]): string[] => [
  ...new Set(names.filter((name, index) => names.indexOf(name) !== index)),
];

function missingHandlers(event: EventDefinition<object>, handlers: readonly BoundHandler[]): string[] {
  return event.handlers
    .filter((name) => !handlers.some((handler) => handler.name === name && handler.event.type === event.type))
    .map((name) => `The event "${event.type}" names the handler "${name}", which does not exist for it.`);
}

function handlerWithoutEvent(handler: BoundHandler, events: readonly EventDefinition<object>[]): string[] {
  const event = events.find((candidate) => candidate.type === handler.event.type);
  if (event?.handlers.includes(handler.name)) return [];
  return [`The handler "${handler.name}" is not named by the event "${handler.event.type}".`];
}

/** The handlers of this process, found by their decorator and checked against the catalogue at boot. */
@Injectable()
export class HandlerRegistry implements OnModuleInit {
  private handlers: ReadonlyMap<string, BoundHandler> = new Map();

  constructor(private readonly discovery: DiscoveryService) {}

  /** Runs the boot check. @throws Error when an event and its handlers do not fit */
  onModuleInit(): void {
    const found = this.discovery.getProviders().flatMap(({ metatype, instance }): BoundHandler[] => {
      if (typeof metatype !== 'function') return [];
      return handlersOf(metatype).map((metadata) => ({
        ...metadata,
        handler: instance as EventHandler<object>,
      }));
    });
    this.handlers = bindHandlers(declaredEvents(), found);
  }

  /** The handler of that name, or null. */
  findHandler(name: string): BoundHandler | null {
    return this.handlers.get(name) ?? null;
  }

  /** In which lane deliveries to that handler wait. */
  laneOf(name: string): Lane {
    return this.handlers.get(name)?.lane ?? 'default';
  }

  /** Names of all handlers of this process; deliveries to others are left to the process that knows them. */
  names(): string[] {
    return [...this.handlers.keys()];
  }
}

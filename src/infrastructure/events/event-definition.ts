/** One kind of event: its stable name and the handlers that must exist for it. */
export interface EventDefinition<Payload extends object> {
  /** `module.past_tense`, such as `order.completed`. */
  readonly type: string;
  /** Names of the handlers; each gets its own delivery, its own retries and its own end. */
  readonly handlers: readonly string[];
  /** Carries the type of the payload; never set. */
  readonly payloadType?: Payload;
}

const catalogue: EventDefinition<object>[] = [];

/**
 * Declares an event in its module's `<module>.events.ts`. The payload is JSON: ids and amounts, no secrets.
 * The boot check refuses an event whose handlers do not all exist exactly once.
 */
export function defineEvent<Payload extends object>(definition: {
  type: string;
  handlers: readonly string[];
}): EventDefinition<Payload> {
  const event: EventDefinition<Payload> = Object.freeze({
    type: definition.type,
    handlers: Object.freeze([...definition.handlers]),
  });
  catalogue.push(event);
  return event;
}

/** Every event that the loaded modules declare. */
export const declaredEvents = (): readonly EventDefinition<object>[] => catalogue;

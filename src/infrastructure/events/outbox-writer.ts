import { Injectable } from '@nestjs/common';
import { newId } from '../../common/ids/index.js';
import { Clock } from '../../common/time/index.js';
import { Propagation, Transactional } from '../database/index.js';
import type { EventDefinition } from './event-definition.js';
import { HandlerRegistry } from './handler-registry.js';
import { OutboxRepository } from './outbox.repository.js';

/** The one way to announce something: a row in the caller's transaction. */
@Injectable()
export class OutboxWriter {
  constructor(
    private readonly outbox: OutboxRepository,
    private readonly handlers: HandlerRegistry,
    private readonly clock: Clock,
  ) {}

  /**
   * Writes an event and a delivery for each of its handlers. Handlers get the events of one aggregate in
   * the order in which they were committed.
   * @returns the id of the event
   * @throws when no transaction is open
   */
  @Transactional(Propagation.Mandatory)
  async append<Payload extends object>(
    event: EventDefinition<Payload>,
    { aggregateId, payload }: { aggregateId: string; payload: NoInfer<Payload> },
  ): Promise<string> {
    const id = newId();
    await this.outbox.append({
      id,
      type: event.type,
      aggregateId,
      payload,
      occurredAt: this.clock.now(),
      deliveries: event.handlers.map((handler) => ({ handler, lane: this.handlers.laneOf(handler) })),
    });
    return id;
  }
}

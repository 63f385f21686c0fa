import { Injectable } from '@nestjs/common';
import { newId } from '../../../common/ids/index.js';
import { Clock } from '../../../common/time/index.js';
import { Transactional } from '../../../infrastructure/database/index.js';
import { OutboxWriter } from '../../../infrastructure/events/index.js';
import { webhookReceived } from './payments.events.js';
import { WebhookEventsRepository } from './webhook-events.repository.js';

/** What a sweep learnt by asking the provider. */
export interface PolledEvent {
  provider: 'hyperswitch';
  kind: 'payment' | 'refund' | 'dispute';
  /** The provider's id of the thing: `pay_…`, `ref_…`. */
  objectId: string;
  /** Makes the news one row: the status, and whatever else makes it other news. */
  statusKey: string;
  /** The thing in the provider's own field names, as `content.object` of a webhook has them. */
  body: Record<string, unknown>;
}

/**
 * News that came from asking instead of from a webhook. They go through the same inbox, handler and reducer
 * (08 3.2 P4), with `source` = `poll`, in the provider's own envelope.
 */
@Injectable()
export class PolledEvents {
  constructor(
    private readonly events: WebhookEventsRepository,
    private readonly outbox: OutboxWriter,
    private readonly clock: Clock,
  ) {}

  /**
   * Stores the news and its outbox event, in the caller's transaction or one of its own. The same object and
   * `statusKey` again change nothing, unless nobody could apply the earlier news.
   * @returns true when the news will be applied, false when they were known
   */
  @Transactional()
  async record(polled: PolledEvent): Promise<boolean> {
    const { provider, kind, objectId, statusKey, body } = polled;
    const eventId = `poll:${objectId}:${statusKey}`;
    const eventType = `${kind}_${typeof body.status === 'string' ? body.status : statusKey}`;
    const content = { type: `${kind}_details`, object: body };
    const id = await this.events.insertPolled({
      id: newId(),
      provider,
      eventId,
      kind,
      eventType,
      objectId,
      rawBody: Buffer.from(JSON.stringify({ event_id: eventId, event_type: eventType, content })),
      receivedAt: this.clock.now(),
    });
    if (id === null) return false;
    // A place of its own in the outbox: told again, it does not wait behind an attempt that is postponed.
    await this.outbox.append(webhookReceived, { aggregateId: newId(), payload: { webhookEventId: id } });
    return true;
  }
}

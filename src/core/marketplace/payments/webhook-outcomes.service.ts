import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/time/index.js';
import { Transactional } from '../../../infrastructure/database/index.js';
import { PaymentExceptions } from './payment-exceptions.service.js';
import type { EventOutcome, ProviderEvent } from './provider-event.js';
import { WebhookEventsRepository } from './webhook-events.repository.js';
import type { StoredWebhook } from './webhooks.types.js';

/** Writes down what became of a delivery, after its owner has applied it. */
@Injectable()
export class WebhookOutcomes {
  constructor(
    private readonly events: WebhookEventsRepository,
    private readonly exceptions: PaymentExceptions,
    private readonly clock: Clock,
  ) {}

  /** Stores the outcome, and closes the cases of a delivery that had not been applied before. */
  @Transactional()
  async record(stored: StoredWebhook, outcome: EventOutcome): Promise<void> {
    await this.events.settle(stored.id, outcome, null, this.clock.now());
    if (stored.attempts === 0 || outcome === 'unmatched') return;
    for (const kind of ['webhook_dead', 'webhook_unmatched'] as const) {
      await this.exceptions.resolveFor({ kind, webhookEventId: stored.id }, `the delivery was ${outcome}`);
    }
  }

  /** An attempt failed and will be repeated; the operator sees why. */
  async noteFailure(id: string, error: string): Promise<void> {
    await this.events.noteFailure(id, error);
  }

  /** All attempts failed: the delivery waits for a person, who can replay it (08 3.3). */
  @Transactional()
  async bury(id: string, error: string): Promise<void> {
    const stored = await this.events.findForUpdate(id);
    if (stored === null || !(await this.events.markDead(id, error))) return;
    await this.exceptions.raise({
      kind: 'webhook_dead',
      provider: stored.provider,
      webhookEventId: id,
      message: `The ${stored.kind} event about ${stored.objectId ?? 'nothing'} could not be applied`,
      details: { event_type: stored.eventType, object_id: stored.objectId, last_error: error },
    });
  }

  /** Nobody claimed the event in time: a person has to look at it (07 7.9.4). */
  @Transactional()
  async giveUp(stored: StoredWebhook, event: ProviderEvent): Promise<void> {
    await this.events.settle(stored.id, 'exception', 'unmatched for 24 hours', this.clock.now());
    await this.exceptions.raise({
      kind: 'webhook_unmatched',
      provider: stored.provider,
      webhookEventId: stored.id,
      message: `Nothing here belongs to the ${event.kind} ${event.objectId}`,
      details: { event_type: event.eventType, object_id: event.objectId, payment_id: event.paymentId },
    });
  }
}

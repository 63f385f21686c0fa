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

  /** Stores the outcome. */
  async record(stored: StoredWebhook, outcome: EventOutcome): Promise<void> {
    await this.events.settle(stored.id, outcome, null, this.clock.now());
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

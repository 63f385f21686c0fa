import { Clock } from '../../../common/time/index.js';
import { AppConfig } from '../../../infrastructure/config/index.js';
import {
  type DeliveredEvent,
  type EventHandler,
  OutboxHandler,
  RetryLater,
} from '../../../infrastructure/events/index.js';
import { webhookReceived } from './payments.events.js';
import type { ProviderEvent } from './provider-event.js';
import { readWebhook } from './webhook-classifier.js';
import { WebhookEventsRepository } from './webhook-events.repository.js';
import { WebhookHandlers } from './webhook-handlers.js';
import { WebhookOutcomes } from './webhook-outcomes.service.js';
import type { StoredWebhook } from './webhooks.types.js';

const UNMATCHED_FOR_MS = 24 * 60 * 60 * 1000;
const LONGEST_REASON = 2_000;
const UNMATCHED_RETRY_SECONDS = [5, 15, 60, 300, 900, 3_600] as const;

/** Applies a stored delivery through the owner of its kind; each event waits on its own, in no order (08 1.5). */
@OutboxHandler(webhookReceived, 'payments.apply-webhook', { lane: 'money', maxAttempts: 20 })
export class ApplyWebhookHandler implements EventHandler<{ webhookEventId: string }> {
  constructor(
    private readonly events: WebhookEventsRepository,
    private readonly handlers: WebhookHandlers,
    private readonly outcomes: WebhookOutcomes,
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {}

  /** @throws RetryLater while nobody knows the object, for 24 hours after its arrival (07 7.9.4) */
  async handle({ payload }: DeliveredEvent<{ webhookEventId: string }>): Promise<void> {
    const stored = await this.events.findById(payload.webhookEventId);
    if (stored === null || (stored.status !== 'received' && stored.status !== 'unmatched')) return;
    try {
      await this.apply(stored);
    } catch (error) {
      if (!(error instanceof RetryLater)) await this.outcomes.noteFailure(stored.id, reasonOf(error));
      throw error;
    }
  }

  /** The attempts are used up: the row says so, and the case goes to a person (08 3.3). */
  async onDead({ payload }: DeliveredEvent<{ webhookEventId: string }>, reason: string): Promise<void> {
    await this.outcomes.bury(payload.webhookEventId, reason.slice(0, LONGEST_REASON));
  }

  private async apply(stored: StoredWebhook): Promise<void> {
    const { event, isTestMode } = readWebhook(stored.provider, stored.rawBody);
    const handler = event.kind === 'rejected' ? null : this.handlers.find(event.kind);
    if (event.kind === 'rejected' || handler === null || (isTestMode && this.config.isProduction)) {
      await this.outcomes.record(stored, 'ignored');
      return;
    }
    const providerEvent: ProviderEvent = {
      ...event,
      webhookEventId: stored.id,
      provider: stored.provider,
      source: stored.source,
    };
    const outcome = await handler(providerEvent);
    if (outcome !== 'unmatched') {
      await this.outcomes.record(stored, outcome);
      return;
    }
    await this.postpone(stored, providerEvent);
  }

  private async postpone(stored: StoredWebhook, event: ProviderEvent): Promise<void> {
    if (this.clock.now().getTime() - stored.receivedAt.getTime() >= UNMATCHED_FOR_MS) {
      await this.outcomes.giveUp(stored, event);
      return;
    }
    await this.outcomes.record(stored, 'unmatched');
    const step = Math.min(stored.attempts, UNMATCHED_RETRY_SECONDS.length - 1);
    throw new RetryLater(UNMATCHED_RETRY_SECONDS[step] ?? 5, `nothing is known of ${event.objectId}`);
  }
}

function reasonOf(error: unknown): string {
  const { name = 'Error', message = String(error) } = (error ?? {}) as Partial<Error>;
  return `${name}: ${message}`.slice(0, LONGEST_REASON);
}

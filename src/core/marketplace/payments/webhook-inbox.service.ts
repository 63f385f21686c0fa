import { Injectable } from '@nestjs/common';
import { newId } from '../../../common/ids/index.js';
import type { Paginated } from '../../../common/pagination/index.js';
import { Clock } from '../../../common/time/index.js';
import { Transactional } from '../../../infrastructure/database/index.js';
import { OutboxWriter } from '../../../infrastructure/events/index.js';
import { AuditWriter } from '../../audit/index.js';
import { webhookReceived } from './payments.events.js';
import { type ReadWebhook, readWebhook } from './webhook-classifier.js';
import { WebhookEventsRepository } from './webhook-events.repository.js';
import { WebhookVerifier } from './webhook-verifier.js';
import { webhookEventNotFound, webhookEventRejected, webhookRejected } from './webhooks.errors.js';
import type { IncomingWebhook, WebhookEventQuery, WebhookEventRow } from './webhooks.types.js';

/** Verify, store, answer; applying comes later (07 7.9.4). */
@Injectable()
export class WebhookInbox {
  constructor(
    private readonly verifier: WebhookVerifier,
    private readonly events: WebhookEventsRepository,
    private readonly outbox: OutboxWriter,
    private readonly audit: AuditWriter,
    private readonly clock: Clock,
  ) {}

  /**
   * Takes in one delivery. A repeated one is accepted and stored once.
   * @throws DomainError 401 `INVALID_SIGNATURE`, 503 `PROVIDER_NOT_CONFIGURED`, nothing stored
   * @throws DomainError 400 with the reason when a signed delivery names no object, stored as `rejected`
   */
  async receive(webhook: IncomingWebhook): Promise<void> {
    this.verifier.verify(webhook);
    const read = readWebhook(webhook.provider, webhook.rawBody);
    await this.store(webhook, read);
    if (read.event.kind === 'rejected') throw webhookRejected(read.event);
  }

  /**
   * Applies a stored delivery once more, as an administrator asks; harmless for what was applied before.
   * @throws DomainError 404 `WEBHOOK_EVENT_NOT_FOUND`, 409 `WEBHOOK_EVENT_REJECTED` for one that names nothing
   */
  @Transactional()
  async replay(id: string): Promise<WebhookEventRow> {
    const stored = await this.events.findForUpdate(id);
    if (stored === null) throw webhookEventNotFound();
    if (stored.status === 'rejected') throw webhookEventRejected();
    await this.events.reopen(id);
    await this.outbox.append(webhookReceived, { aggregateId: id, payload: { webhookEventId: id } });
    await this.audit.record({
      action: 'webhook_event.replayed',
      resourceType: 'webhook_event',
      resourceId: id,
      oldValues: { status: stored.status },
    });
    return { ...stored, status: 'received' };
  }

  /** The inbox for administrators, newest first. */
  async list(query: WebhookEventQuery): Promise<Paginated<WebhookEventRow>> {
    return this.events.list(query);
  }

  @Transactional()
  protected async store(webhook: IncomingWebhook, { eventId, event }: ReadWebhook): Promise<void> {
    const id = newId();
    const isRejected = event.kind === 'rejected';
    const isNew = await this.events.insert({
      id,
      provider: webhook.provider,
      eventId,
      kind: isRejected ? 'other' : event.kind,
      eventType: isRejected ? '' : event.eventType,
      objectId: isRejected ? null : event.objectId,
      account: isRejected ? null : (event.account ?? null),
      rawBody: webhook.rawBody,
      headers: webhook.headers,
      status: isRejected ? 'rejected' : 'received',
      reason: isRejected ? event.code : null,
      receivedAt: this.clock.now(),
    });
    if (isNew && !isRejected) {
      await this.outbox.append(webhookReceived, { aggregateId: id, payload: { webhookEventId: id } });
    }
  }
}

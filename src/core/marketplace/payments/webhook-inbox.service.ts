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
import { webhookEventNotFound, webhookEventRejected, webhookRejected } from './webhooks.errors.js';
import type {
  IncomingWebhook,
  ReplayBatch,
  StoredWebhook,
  WebhookEventQuery,
  WebhookEventRow,
} from './webhooks.types.js';

const REPLAYED_AT_ONCE = 500;

/** Store, answer; applying comes later (07 7.9.4). */
@Injectable()
export class WebhookInbox {
  constructor(
    private readonly events: WebhookEventsRepository,
    private readonly outbox: OutboxWriter,
    private readonly audit: AuditWriter,
    private readonly clock: Clock,
  ) {}

  /**
   * Takes in one delivery whose signature is verified. A repeated one is accepted and stored once.
   * @throws DomainError 400 with the reason when it names no object, stored as `rejected`
   */
  async receive(webhook: IncomingWebhook): Promise<void> {
    const read = readWebhook(webhook.provider, webhook.rawBody);
    await this.store(webhook, read);
    if (read.event.kind === 'rejected') throw webhookRejected(read.event);
  }

  /**
   * Applies a stored delivery once more, as an administrator asks; harmless for what was applied before.
   * @throws DomainError 404 `WEBHOOK_EVENT_NOT_FOUND`, 409 `WEBHOOK_EVENT_REJECTED` for one that names nothing
   */
  @Transactional()
  async replay(id: string, reason: string): Promise<WebhookEventRow> {
    const stored = await this.events.findForUpdate(id);
    if (stored === null) throw webhookEventNotFound();
    if (stored.status === 'rejected') throw webhookEventRejected();
    await this.reopen(id);
    await this.audit.record({
      action: 'webhook_event.replayed',
      resourceType: 'webhook_event',
      resourceId: id,
      details: { reason },
      oldValues: { status: stored.status },
    });
    return { ...stored, status: 'received' };
  }

  /**
   * Applies the oldest deliveries of one status and period once more, at most 500 of them at a time; asked
   * again it takes the next ones.
   * @returns how many were queued, and whether there are more
   */
  @Transactional()
  async replayMany(batch: ReplayBatch, reason: string): Promise<{ queued: number; hasMore: boolean }> {
    const found = await this.events.findReplayable(batch, REPLAYED_AT_ONCE + 1);
    const ids = found.slice(0, REPLAYED_AT_ONCE);
    for (const id of ids) await this.reopen(id);
    await this.audit.record({
      action: 'webhook_events.replayed',
      resourceType: 'webhook_event',
      details: { reason, from: batch.from.toISOString(), to: batch.to.toISOString(), count: ids.length, ids },
      oldValues: { status: batch.status },
    });
    return { queued: ids.length, hasMore: found.length > ids.length };
  }

  /** One delivery with its bytes. @throws DomainError 404 `WEBHOOK_EVENT_NOT_FOUND` */
  async get(id: string): Promise<StoredWebhook> {
    const stored = await this.events.findById(id);
    if (stored === null) throw webhookEventNotFound();
    return stored;
  }

  /** The inbox for administrators, newest first. */
  async list(query: WebhookEventQuery): Promise<Paginated<WebhookEventRow>> {
    return this.events.list(query);
  }

  /** A replay has its own place in the outbox: it does not wait behind an attempt that is postponed. */
  private async reopen(id: string): Promise<void> {
    await this.events.reopen(id);
    await this.outbox.append(webhookReceived, { aggregateId: newId(), payload: { webhookEventId: id } });
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

import { Injectable } from '@nestjs/common';
import type { Paginated } from '../../../common/pagination/index.js';
import { Database } from '../../../infrastructure/database/index.js';
import { Conditions, ListReader } from '../../../infrastructure/lists/index.js';
import type {
  NewWebhook,
  PolledWebhook,
  ReplayBatch,
  StoredWebhook,
  WebhookEventQuery,
  WebhookEventRow,
  WebhookStatus,
} from './webhooks.types.js';

const COLUMNS = `
  id, provider, event_id AS "eventId", kind, event_type AS "eventType", object_id AS "objectId", source, status,
  attempts, reason, last_error AS "lastError", received_at AS "receivedAt", applied_at AS "appliedAt"`;

/** Rows of the webhook inbox. */
@Injectable()
export class WebhookEventsRepository {
  constructor(
    private readonly db: Database,
    private readonly lists: ListReader,
  ) {}

  /** @returns false when the provider delivered this event before */
  async insert(event: NewWebhook): Promise<boolean> {
    const rows = await this.db.query(
      `INSERT INTO webhook_events (id, provider, event_id, kind, event_type, object_id, account, raw_body, headers,
                                   source, status, reason, received_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9::jsonb, 'webhook', $10, $11, $12)
       ON CONFLICT ON CONSTRAINT webhook_events_event_uq DO NOTHING RETURNING id`,
      [
        event.id,
        event.provider,
        event.eventId,
        event.kind,
        event.eventType,
        event.objectId,
        event.account,
        event.rawBody,
        JSON.stringify(event.headers),
        event.status,
        event.reason,
        event.receivedAt,
      ],
    );
    return rows.length === 1;
  }

  /**
   * Stores news that came from asking. News that nobody could apply are opened again with what is known now.
   * @returns the id of the row to apply, null when the news were known
   */
  async insertPolled(event: PolledWebhook): Promise<string | null> {
    const [row] = await this.db.query<{ id: string }>(
      `INSERT INTO webhook_events AS known (id, provider, event_id, kind, event_type, object_id, raw_body, headers,
                                            source, status, received_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, '{}'::jsonb, 'poll', 'received', $8)
       ON CONFLICT ON CONSTRAINT webhook_events_event_uq DO UPDATE
          SET raw_body = excluded.raw_body, status = 'received', reason = NULL, applied_at = NULL,
              received_at = excluded.received_at
        WHERE known.status IN ('unmatched', 'exception', 'dead')
       RETURNING id`,
      [
        event.id,
        event.provider,
        event.eventId,
        event.kind,
        event.eventType,
        event.objectId,
        event.rawBody,
        event.receivedAt,
      ],
    );
    return row?.id ?? null;
  }

  async findById(id: string): Promise<StoredWebhook | null> {
    const [row] = await this.db.query<StoredWebhook>(
      `SELECT ${COLUMNS}, raw_body AS "rawBody", headers FROM webhook_events WHERE id = $1`,
      [id],
    );
    return row ?? null;
  }

  /** The delivery without its body, locked until the caller's transaction ends. */
  async findForUpdate(id: string): Promise<WebhookEventRow | null> {
    const [row] = await this.db.query<WebhookEventRow>(
      `SELECT ${COLUMNS} FROM webhook_events WHERE id = $1 FOR UPDATE`,
      [id],
    );
    return row ?? null;
  }

  /** Makes a delivery wait to be applied again. */
  async reopen(id: string): Promise<void> {
    await this.db.query(
      `UPDATE webhook_events SET status = 'received', reason = NULL, applied_at = NULL WHERE id = $1`,
      [id],
    );
  }

  /** Notes what became of a delivery and counts the attempt. */
  async settle(id: string, status: WebhookStatus, reason: string | null, at: Date): Promise<void> {
    await this.db.query(
      `UPDATE webhook_events
          SET status = $2, reason = $3, attempts = attempts + 1,
              applied_at = CASE WHEN $2 = 'unmatched' THEN applied_at ELSE $4::timestamptz END
        WHERE id = $1`,
      [id, status, reason, at],
    );
  }

  /** An attempt failed and will be repeated. */
  async noteFailure(id: string, error: string): Promise<void> {
    await this.db.query('UPDATE webhook_events SET attempts = attempts + 1, last_error = $2 WHERE id = $1', [
      id,
      error,
    ]);
  }

  /** Applying it was given up. @returns false when it had ended otherwise */
  async markDead(id: string, error: string): Promise<boolean> {
    const rows = await this.db.query(
      `UPDATE webhook_events SET status = 'dead', last_error = $2
        WHERE id = $1 AND status IN ('received', 'unmatched') RETURNING id`,
      [id, error],
    );
    return rows.length === 1;
  }

  /** The oldest deliveries that an administrator may have applied again, locked; never `rejected` ones. */
  async findReplayable({ status, from, to }: ReplayBatch, limit: number): Promise<string[]> {
    const rows = await this.db.query<{ id: string }>(
      `SELECT id FROM webhook_events WHERE status = $1 AND received_at >= $2 AND received_at < $3
        ORDER BY received_at, id LIMIT $4 FOR UPDATE`,
      [status, from, to, limit],
    );
    return rows.map(({ id }) => id);
  }

  async list(query: WebhookEventQuery): Promise<Paginated<WebhookEventRow>> {
    return this.lists.read<WebhookEventRow>(
      {
        scope: 'webhook-events',
        select: `SELECT ${COLUMNS} FROM webhook_events`,
        conditions: new Conditions()
          .addIf(query.status, 'status = ?')
          .addIf(query.provider, 'provider = ?')
          .addIf(query.kind, 'kind = ?')
          .addIf(query.objectId, 'object_id = ?')
          .addIf(query.from, 'received_at >= ?')
          .addIf(query.to, 'received_at < ?'),
        sort: { column: 'received_at', type: 'timestamptz', descending: true, idColumn: 'id' },
        positionOf: (row) => [row.receivedAt.toISOString(), row.id],
      },
      query,
    );
  }
}

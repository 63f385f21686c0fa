import { Injectable } from '@nestjs/common';
import { Database } from '../database/index.js';

/** How full the outbox is. */
export interface OutboxCounts {
  pending: number;
  /** Deliveries that were given up. */
  dead: number;
  /** Age of the oldest delivery that is due and not done; 0 without one. */
  oldestPendingAgeMs: number;
}

/** An event as it was written. */
export interface RecordedEvent {
  id: string;
  type: string;
  aggregateId: string;
  payload: Record<string, unknown>;
}

/** A delivery that was given up. */
export interface DeadDelivery {
  eventId: string;
  type: string;
  handler: string;
  attempts: number;
  lastError: string | null;
  deadAt: Date;
}

/** Looks at the outbox without touching it: for metrics, health and tests. */
@Injectable()
export class OutboxInspector {
  constructor(private readonly database: Database) {}

  /** Counts over all lanes and processes. */
  async count(): Promise<OutboxCounts> {
    const [row] = await this.database.query<{ pending: string; dead: string; oldest_ms: string }>(`
      SELECT count(*) FILTER (WHERE dead_at IS NULL) AS pending,
             count(*) FILTER (WHERE dead_at IS NOT NULL) AS dead,
             coalesce(floor(extract(epoch FROM now() - min(due_at) FILTER (WHERE dead_at IS NULL AND due_at <= now()))
               * 1000), 0)::bigint AS oldest_ms
        FROM outbox_deliveries WHERE done_at IS NULL`);
    return {
      pending: Number(row?.pending ?? 0),
      dead: Number(row?.dead ?? 0),
      oldestPendingAgeMs: Number(row?.oldest_ms ?? 0),
    };
  }

  /** The events of one aggregate in their order. */
  eventsOf(aggregateId: string): Promise<RecordedEvent[]> {
    return this.database.query<RecordedEvent>(
      `SELECT id, type, aggregate_id AS "aggregateId", payload FROM outbox_events
        WHERE aggregate_id = $1 ORDER BY position`,
      [aggregateId],
    );
  }

  /** The newest deliveries that were given up. */
  findDead(limit = 50): Promise<DeadDelivery[]> {
    return this.database.query<DeadDelivery>(
      `SELECT d.event_id AS "eventId", e.type, d.handler, d.attempts, d.last_error AS "lastError", d.dead_at AS "deadAt"
         FROM outbox_deliveries d JOIN outbox_events e ON e.id = d.event_id
        WHERE d.dead_at IS NOT NULL ORDER BY d.dead_at DESC LIMIT $1`,
      [limit],
    );
  }
}

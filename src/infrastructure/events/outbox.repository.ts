import { Injectable } from '@nestjs/common';
import { Database } from '../database/index.js';
import type { Lane } from './event-handler.js';

/** The channel on which a commit announces the ids of its events. */
export const OUTBOX_CHANNEL = 'veza_outbox';

/** An event with the deliveries that it needs. */
export interface NewEvent {
  id: string;
  type: string;
  aggregateId: string;
  payload: object;
  occurredAt: Date;
  deliveries: readonly { handler: string; lane: Lane }[];
}

/** A delivery that this process holds under a lease. */
export interface ClaimedDelivery {
  eventId: string;
  handler: string;
  leaseToken: string;
  attempts: number;
  type: string;
  aggregateId: string;
  payload: object;
  occurredAt: Date;
}

interface ClaimedRow {
  event_id: string;
  handler: string;
  lease_token: string;
  attempts: number;
  type: string;
  aggregate_id: string;
  payload: object;
  occurred_at: Date;
}

const IS_PENDING = 'd.done_at IS NULL AND d.dead_at IS NULL';

// Append takes its turn per aggregate, so the positions of one aggregate are committed in their order and
// an earlier delivery can never appear behind a later one that is already under way.
const APPEND = `
  WITH turn AS MATERIALIZED (
    SELECT pg_advisory_xact_lock(hashtextextended($3, 7226002)) AS taken
  ), event AS (
    INSERT INTO outbox_events (id, type, aggregate_id, payload, occurred_at)
    SELECT $1::uuid, $2, $3, $4::jsonb, $5::timestamptz FROM turn
    RETURNING id, aggregate_id, position
  ), delivery AS (
    INSERT INTO outbox_deliveries (event_id, handler, lane, aggregate_id, position)
    SELECT event.id, named.handler, named.lane, event.aggregate_id, event.position
      FROM event, unnest($6::text[], $7::text[]) AS named (handler, lane)
  )
  SELECT pg_notify('${OUTBOX_CHANNEL}', event.id::text) FROM event`;

const CLAIM = `
  WITH due AS (
    SELECT d.event_id, d.handler
      FROM outbox_deliveries d
     WHERE ${IS_PENDING}
       AND d.lane = $1
       AND d.handler = ANY ($2::text[])
       AND d.due_at <= now()
       AND (d.lease_until IS NULL OR d.lease_until <= now())
       AND NOT EXISTS (
             SELECT 1 FROM outbox_deliveries earlier
              WHERE earlier.handler = d.handler
                AND earlier.aggregate_id = d.aggregate_id
                AND earlier.position < d.position
                AND earlier.done_at IS NULL AND earlier.dead_at IS NULL)
     ORDER BY d.due_at, d.position
     LIMIT $3
       FOR UPDATE OF d SKIP LOCKED
  ), claimed AS (
    UPDATE outbox_deliveries d
       SET lease_token = gen_random_uuid(),
           lease_until = now() + $4::bigint * interval '1 millisecond',
           attempts = d.attempts + 1
      FROM due
     WHERE d.event_id = due.event_id AND d.handler = due.handler
    RETURNING d.event_id, d.handler, d.lease_token, d.attempts, d.position
  )
  SELECT claimed.event_id, claimed.handler, claimed.lease_token, claimed.attempts,
         e.type, e.aggregate_id, e.payload, e.occurred_at
    FROM claimed JOIN outbox_events e ON e.id = claimed.event_id
   ORDER BY claimed.position`;

const NEXT_DUE = `
  SELECT ceil(extract(epoch FROM d.due_at - now()) * 1000)::bigint AS wait_ms
    FROM outbox_deliveries d
   WHERE ${IS_PENDING} AND d.lane = $1 AND d.due_at > now()
   ORDER BY d.due_at LIMIT 1`;

const DELETE_DELIVERED = `
  WITH kept_from AS (SELECT now() - $1::bigint * interval '1 millisecond' AS moment)
  DELETE FROM outbox_events WHERE id IN (
    SELECT e.id FROM outbox_events e, kept_from
     WHERE e.created_at < kept_from.moment
       AND NOT EXISTS (
             SELECT 1 FROM outbox_deliveries d
              WHERE d.event_id = e.id AND (d.done_at IS NULL OR d.done_at >= kept_from.moment))
     ORDER BY e.created_at LIMIT $2)
  RETURNING id`;

/** The outbox tables. Every lease and due time is taken from the database's clock (design/decisions). */
@Injectable()
export class OutboxRepository {
  constructor(private readonly database: Database) {}

  /** Writes an event with its deliveries; the notification leaves with the commit. */
  async append(event: NewEvent): Promise<void> {
    await this.database.query(APPEND, [
      event.id,
      event.type,
      event.aggregateId,
      JSON.stringify(event.payload),
      event.occurredAt,
      event.deliveries.map((delivery) => delivery.handler),
      event.deliveries.map((delivery) => delivery.lane),
    ]);
  }

  /** Takes up to `limit` due deliveries of a lane under leases of `leaseMs`, oldest first. */
  async claim(
    lane: Lane,
    handlers: readonly string[],
    { limit, leaseMs }: { limit: number; leaseMs: number },
  ): Promise<ClaimedDelivery[]> {
    const rows = await this.database.query<ClaimedRow>(CLAIM, [lane, handlers, limit, leaseMs]);
    return rows.map((row) => ({
      eventId: row.event_id,
      handler: row.handler,
      leaseToken: row.lease_token,
      attempts: row.attempts,
      type: row.type,
      aggregateId: row.aggregate_id,
      payload: row.payload,
      occurredAt: row.occurred_at,
    }));
  }

  /** Milliseconds until the next delivery of the lane that is not due yet, or null. */
  async findNextDueMs(lane: Lane): Promise<number | null> {
    const [row] = await this.database.query<{ wait_ms: string }>(NEXT_DUE, [lane]);
    return row === undefined ? null : Number(row.wait_ms);
  }

  /** Extends a lease; false when it is held by somebody else or the delivery has ended. */
  extend(delivery: ClaimedDelivery, leaseMs: number): Promise<boolean> {
    return this.change(delivery, `lease_until = now() + $4::bigint * interval '1 millisecond'`, [leaseMs]);
  }

  /** The handler is done with it. */
  markDone(delivery: ClaimedDelivery): Promise<boolean> {
    return this.change(
      delivery,
      'done_at = now(), lease_token = NULL, lease_until = NULL, last_error = NULL',
    );
  }

  /** Given up; it no longer holds up later deliveries of its aggregate. */
  markDead(delivery: ClaimedDelivery, reason: string): Promise<boolean> {
    const change = 'dead_at = now(), lease_token = NULL, lease_until = NULL, last_error = $4';
    return this.change(delivery, change, [reason]);
  }

  /** The attempt failed; the next one is due after the delay. */
  retry(delivery: ClaimedDelivery, delayMs: number, reason: string): Promise<boolean> {
    const change = `due_at = now() + $4::bigint * interval '1 millisecond', lease_token = NULL, lease_until = NULL,
      last_error = $5`;
    return this.change(delivery, change, [delayMs, reason]);
  }

  /** As {@link retry}, but the attempt does not count. */
  postpone(delivery: ClaimedDelivery, delayMs: number, reason: string): Promise<boolean> {
    const change = `due_at = now() + $4::bigint * interval '1 millisecond', lease_token = NULL, lease_until = NULL,
      last_error = $5, attempts = attempts - 1`;
    return this.change(delivery, change, [delayMs, reason]);
  }

  /** Returns a lease whose work was never begun. */
  release(delivery: ClaimedDelivery): Promise<boolean> {
    return this.change(delivery, 'lease_token = NULL, lease_until = NULL, attempts = attempts - 1');
  }

  /** Removes up to `limit` events whose deliveries have all been done for `keptMs`. @returns how many */
  async deleteDelivered(keptMs: number, limit: number): Promise<number> {
    const deleted = await this.database.query(DELETE_DELIVERED, [keptMs, limit]);
    return deleted.length;
  }

  /** Whose lease it is decides: a late answer of a process that lost it changes nothing. */
  private async change(
    { eventId, handler, leaseToken }: ClaimedDelivery,
    change: string,
    parameters: readonly unknown[] = [],
  ): Promise<boolean> {
    const changed = await this.database.query(
      `UPDATE outbox_deliveries SET ${change}
        WHERE event_id = $1 AND handler = $2 AND lease_token = $3 RETURNING event_id`,
      [eventId, handler, leaseToken, ...parameters],
    );
    return changed.length === 1;
  }
}

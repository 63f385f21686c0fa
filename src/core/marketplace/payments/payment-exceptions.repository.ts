import { Injectable } from '@nestjs/common';
import { newId } from '../../../common/ids/index.js';
import type { Paginated } from '../../../common/pagination/index.js';
import { Database } from '../../../infrastructure/database/index.js';
import { Conditions, ListReader } from '../../../infrastructure/lists/index.js';
import type { PaymentExceptionKind } from './payment-exception-kinds.js';
import type {
  ExceptionSubject,
  NewPaymentException,
  PaymentException,
  PaymentExceptionQuery,
} from './payment-exceptions.types.js';

const COLUMNS = `
  SELECT id, kind, provider, order_id AS "orderId", refund_id AS "refundId", transfer_id AS "transferId",
         dispute_id AS "disputeId", webhook_event_id AS "webhookEventId", message, details,
         created_at AS "createdAt", resolved_at AS "resolvedAt", resolved_by AS "resolvedBy", resolution
    FROM payment_exceptions`;

/** How a case was closed; `by` is null when it healed by itself. */
export interface Resolution {
  note: string;
  by: string | null;
  at: Date;
}

/** Rows of the exceptions list. */
@Injectable()
export class PaymentExceptionsRepository {
  constructor(
    private readonly db: Database,
    private readonly lists: ListReader,
  ) {}

  /** @returns false when the same case is open already: deliveries are repeated */
  async insert(exception: NewPaymentException, createdAt: Date): Promise<boolean> {
    const rows = await this.db.query(
      `INSERT INTO payment_exceptions
         (id, kind, dedupe_key, provider, order_id, refund_id, transfer_id, dispute_id, webhook_event_id, message,
          details, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11::jsonb, $12)
       ON CONFLICT (dedupe_key) WHERE resolved_at IS NULL DO NOTHING RETURNING id`,
      [
        newId(),
        exception.kind,
        dedupeKeyOf(exception),
        exception.provider,
        exception.orderId ?? null,
        exception.refundId ?? null,
        exception.transferId ?? null,
        exception.disputeId ?? null,
        exception.webhookEventId ?? null,
        exception.message,
        JSON.stringify(exception.details ?? {}),
        createdAt,
      ],
    );
    return rows.length === 1;
  }

  /** The orders that open cases of a kind are about. */
  async findOpenOrders(kind: PaymentExceptionKind): Promise<string[]> {
    const rows = await this.db.query<{ orderId: string }>(
      `SELECT order_id AS "orderId" FROM payment_exceptions
        WHERE kind = $1 AND resolved_at IS NULL AND order_id IS NOT NULL`,
      [kind],
    );
    return rows.map(({ orderId }) => orderId);
  }

  async findById(id: string): Promise<PaymentException | null> {
    const [row] = await this.db.query<PaymentException>(`${COLUMNS} WHERE id = $1`, [id]);
    return row ?? null;
  }

  /** Closes one case. @returns false when it is closed already, or not there */
  async resolve(id: string, { note, by, at }: Resolution): Promise<boolean> {
    const rows = await this.db.query(
      `UPDATE payment_exceptions SET resolved_at = $2, resolved_by = $3, resolution = $4
        WHERE id = $1 AND resolved_at IS NULL RETURNING id`,
      [id, at, by, note],
    );
    return rows.length === 1;
  }

  /** Closes the open cases about these things. @returns how many */
  async resolveOf(subject: ExceptionSubject, { note, by, at }: Resolution): Promise<number> {
    const rows = await this.db.query(
      `UPDATE payment_exceptions SET resolved_at = $1, resolved_by = $2, resolution = $3
        WHERE resolved_at IS NULL
          AND ($4::text IS NULL OR kind = $4)
          AND ($5::uuid IS NULL OR order_id = $5)
          AND ($6::uuid IS NULL OR refund_id = $6)
          AND ($7::uuid IS NULL OR transfer_id = $7)
          AND ($8::uuid IS NULL OR dispute_id = $8)
          AND ($9::uuid IS NULL OR webhook_event_id = $9)
        RETURNING id`,
      [
        at,
        by,
        note,
        subject.kind ?? null,
        subject.orderId ?? null,
        subject.refundId ?? null,
        subject.transferId ?? null,
        subject.disputeId ?? null,
        subject.webhookEventId ?? null,
      ],
    );
    return rows.length;
  }

  async list(query: PaymentExceptionQuery): Promise<Paginated<PaymentException>> {
    const conditions = new Conditions().addIf(query.kind, 'kind = ?').addIf(query.orderId, 'order_id = ?');
    if (query.state !== undefined) {
      conditions.add(query.state === 'open' ? 'resolved_at IS NULL' : 'resolved_at IS NOT NULL');
    }
    return this.lists.read<PaymentException>(
      {
        scope: 'payment-exceptions',
        select: COLUMNS,
        conditions,
        sort: { column: 'created_at', type: 'timestamptz', descending: true, idColumn: 'id' },
        positionOf: (row) => [row.createdAt.toISOString(), row.id],
      },
      query,
    );
  }
}

const dedupeKeyOf = (one: NewPaymentException): string =>
  [one.kind, one.provider, one.orderId, one.refundId, one.transferId, one.disputeId, one.webhookEventId]
    .map((part) => part ?? '-')
    .join(':');

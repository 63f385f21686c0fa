import { Injectable } from '@nestjs/common';
import { newId } from '../../../common/ids/index.js';
import type { Paginated } from '../../../common/pagination/index.js';
import { Database } from '../../../infrastructure/database/index.js';
import { Conditions, ListReader } from '../../../infrastructure/lists/index.js';
import type {
  NewPaymentException,
  PaymentException,
  PaymentExceptionQuery,
} from './payment-exceptions.types.js';

const COLUMNS = `
  SELECT id, kind, provider, order_id AS "orderId", refund_id AS "refundId", transfer_id AS "transferId",
         webhook_event_id AS "webhookEventId", message, details, created_at AS "createdAt"
    FROM payment_exceptions`;

/** Rows of the exceptions list. */
@Injectable()
export class PaymentExceptionsRepository {
  constructor(
    private readonly db: Database,
    private readonly lists: ListReader,
  ) {}

  /** @returns false when the same case is on the list already: deliveries are repeated */
  async insert(exception: NewPaymentException, createdAt: Date): Promise<boolean> {
    const rows = await this.db.query(
      `INSERT INTO payment_exceptions
         (id, kind, dedupe_key, provider, order_id, refund_id, transfer_id, webhook_event_id, message, details, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::jsonb, $11)
       ON CONFLICT ON CONSTRAINT payment_exceptions_dedupe_key_uq DO NOTHING RETURNING id`,
      [
        newId(),
        exception.kind,
        dedupeKeyOf(exception),
        exception.provider,
        exception.orderId ?? null,
        exception.refundId ?? null,
        exception.transferId ?? null,
        exception.webhookEventId ?? null,
        exception.message,
        JSON.stringify(exception.details ?? {}),
        createdAt,
      ],
    );
    return rows.length === 1;
  }

  async list(query: PaymentExceptionQuery): Promise<Paginated<PaymentException>> {
    return this.lists.read<PaymentException>(
      {
        scope: 'payment-exceptions',
        select: COLUMNS,
        conditions: new Conditions().addIf(query.kind, 'kind = ?'),
        sort: { column: 'created_at', type: 'timestamptz', descending: true, idColumn: 'id' },
        positionOf: (row) => [row.createdAt.toISOString(), row.id],
      },
      query,
    );
  }
}

const dedupeKeyOf = (one: NewPaymentException): string =>
  [one.kind, one.provider, one.orderId, one.refundId, one.transferId, one.webhookEventId]
    .map((part) => part ?? '-')
    .join(':');

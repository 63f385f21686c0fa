import { Injectable } from '@nestjs/common';
import type { Paginated } from '../../../common/pagination/index.js';
import { toSafeInteger } from '../../../infrastructure/database/index.js';
import { Conditions, ListReader, type ListPart } from '../../../infrastructure/lists/index.js';
import type { TransferStatus } from './transfer-states.js';

/** Which transfers to list. `from` is inclusive, `to` exclusive. */
export interface TransferQuery extends ListPart {
  status?: TransferStatus;
  from?: Date;
  to?: Date;
}

/** A transfer as lists and answers show it; amounts in minor units. */
export interface TransferView {
  id: string;
  orderId: string;
  sellerId: string;
  currency: string;
  netAmountMinor: number;
  platformFeeMinor: number;
  amountMinor: number | null;
  sequence: number;
  withheldMinor: number;
  reducedMinor: number;
  takenBackMinor: number;
  recoveredMinor: number;
  amountReversedMinor: number;
  status: TransferStatus;
  stripeTransferId: string | null;
  stripeReversalId: string | null;
  outcomeUnknown: boolean;
  failureCode: string | null;
  errorMessage: string | null;
  retryCount: number;
  nextRetryAt: Date | null;
  holdUntil: Date | null;
  completedAt: Date | null;
  reversedAt: Date | null;
  createdAt: Date;
}

type Row = Record<string, unknown> & { id: string; created_at: Date };

const SELECT = `
  SELECT t.*, r.stripe_reversal_id, r.failure_code AS reversal_failure_code, r.error_message AS reversal_error,
         r.next_retry_at AS reversal_retry_at
    FROM seller_transfers t
    LEFT JOIN LATERAL (
      SELECT * FROM transfer_reversals WHERE transfer_id = t.id ORDER BY created_at DESC LIMIT 1) r ON true`;

/** Lists of transfers with what their last reversal says. */
@Injectable()
export class TransferListsRepository {
  constructor(private readonly lists: ListReader) {}

  async listOfSeller(sellerId: string, query: TransferQuery): Promise<Paginated<TransferView>> {
    return this.read(
      `seller-transfers:${sellerId}`,
      conditionsOf(query).addIf(sellerId, 't.seller_id = ?'),
      query,
    );
  }

  async listAll(query: TransferQuery): Promise<Paginated<TransferView>> {
    return this.read('transfers', conditionsOf(query), query);
  }

  async find(id: string): Promise<TransferView | null> {
    const found = await this.read('transfer', new Conditions().addIf(id, 't.id = ?'), { page: 1, limit: 1 });
    return found.items[0] ?? null;
  }

  private async read(
    scope: string,
    conditions: Conditions,
    part: ListPart,
  ): Promise<Paginated<TransferView>> {
    const rows = await this.lists.read<Row>(
      {
        scope,
        select: SELECT,
        conditions,
        sort: { column: 't.created_at', type: 'timestamptz', descending: true, idColumn: 't.id' },
        positionOf: (row) => [row.created_at.toISOString(), row.id],
      },
      part,
    );
    return rows.map(viewOf);
  }
}

const conditionsOf = ({ status, from, to }: TransferQuery): Conditions =>
  new Conditions()
    .addIf(status, 't.status = ?')
    .addIf(from, 't.created_at >= ?')
    .addIf(to, 't.created_at < ?');

function viewOf(row: Row): TransferView {
  const money = (column: string): number => toSafeInteger(row[column] as string);
  const wasReversing = row.status === 'reversal_pending' || row.status === 'reversal_failed';
  return {
    id: row.id,
    orderId: row.order_id as string,
    sellerId: row.seller_id as string,
    currency: row.currency as string,
    netAmountMinor: money('net_amount'),
    platformFeeMinor: money('platform_fee'),
    amountMinor: row.amount === null ? null : money('amount'),
    sequence: row.sequence as number,
    withheldMinor: money('withheld'),
    reducedMinor: money('reduced'),
    takenBackMinor: money('taken_back'),
    recoveredMinor: money('recovered'),
    amountReversedMinor: money('amount_reversed'),
    status: row.status as TransferStatus,
    stripeTransferId: row.stripe_transfer_id as string | null,
    stripeReversalId: row.stripe_reversal_id as string | null,
    outcomeUnknown: row.outcome_unknown as boolean,
    failureCode: (wasReversing ? row.reversal_failure_code : row.failure_code) as string | null,
    errorMessage: (wasReversing ? row.reversal_error : row.error_message) as string | null,
    retryCount: row.retry_count as number,
    nextRetryAt: (wasReversing ? row.reversal_retry_at : row.next_retry_at) as Date | null,
    holdUntil: row.hold_until as Date | null,
    completedAt: row.completed_at as Date | null,
    reversedAt: row.reversed_at as Date | null,
    createdAt: row.created_at,
  };
}

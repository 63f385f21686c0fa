import { ApiProperty } from '@nestjs/swagger';
import type { LedgerEntryRow } from '../../../ledger/index.js';

/** One line of a seller's account; a positive amount is owed to the seller. */
export class LedgerEntryDto {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ example: 'order_completed' })
  kind: string;

  @ApiProperty({ enum: ['payable', 'in_transit', 'paid_out'] })
  account: string;

  @ApiProperty({ type: 'integer', description: 'Minor units, signed' })
  amount: number;

  @ApiProperty({ example: 'EUR' })
  currency: string;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  order_id: string | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  refund_id: string | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  transfer_id: string | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  reversal_id: string | null;

  @ApiProperty({ format: 'date-time' })
  created_at: string;

  static of(row: LedgerEntryRow): LedgerEntryDto {
    return {
      id: row.id,
      kind: row.kind,
      account: row.account,
      amount: row.amountMinor,
      currency: row.currency,
      order_id: row.orderId,
      refund_id: row.refundId,
      transfer_id: row.transferId,
      reversal_id: row.reversalId,
      created_at: row.createdAt.toISOString(),
    };
  }
}

import { ApiProperty } from '@nestjs/swagger';
import { ApprovalDto } from '../../approvals/index.js';
import type { TransferView } from '../transfer-lists.repository.js';
import type { RetriedTransfer } from '../transfer-retries.service.js';
import { type TransferStatus, transferStates } from '../transfer-states.js';

const isoOf = (at: Date | null): string | null => at?.toISOString() ?? null;

/** A seller's share of one order; amounts in minor units. */
export class SellerTransferDto {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ format: 'uuid' })
  order_id: string;

  @ApiProperty({ format: 'uuid' })
  seller_id: string;

  @ApiProperty({ enum: transferStates.states })
  status: TransferStatus;

  @ApiProperty({ example: 'EUR' })
  currency: string;

  @ApiProperty({ type: 'integer', description: 'What the sale earned' })
  net_amount: number;

  @ApiProperty({ type: 'integer' })
  platform_fee: number;

  @ApiProperty({ type: 'integer', nullable: true, description: 'What is sent; null before it is sent' })
  amount: number | null;

  @ApiProperty({ type: 'integer', description: '1 for the sale; more for what is paid again' })
  sequence: number;

  @ApiProperty({ type: 'integer', description: 'What paid a debt instead' })
  withheld: number;

  @ApiProperty({ type: 'integer', description: 'What refunds took away before it was sent' })
  reduced: number;

  @ApiProperty({ type: 'integer', description: 'Net that refunds took away after it was sent' })
  taken_back: number;

  @ApiProperty({ type: 'integer', description: 'What later sales repaid, so that it need not come back' })
  recovered: number;

  @ApiProperty({ type: 'integer' })
  amount_reversed: number;

  @ApiProperty({ type: String, nullable: true, example: 'tr_1Abc' })
  stripe_transfer_id: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'trr_1Abc' })
  stripe_reversal_id: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'balance_insufficient' })
  failure_code: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  next_retry_at: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  completed_at: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  reversed_at: string | null;

  @ApiProperty({ format: 'date-time' })
  created_at: string;

  static of(transfer: TransferView): SellerTransferDto {
    return {
      id: transfer.id,
      order_id: transfer.orderId,
      seller_id: transfer.sellerId,
      status: transfer.status,
      currency: transfer.currency,
      net_amount: transfer.netAmountMinor,
      platform_fee: transfer.platformFeeMinor,
      amount: transfer.amountMinor,
      sequence: transfer.sequence,
      withheld: transfer.withheldMinor,
      reduced: transfer.reducedMinor,
      taken_back: transfer.takenBackMinor,
      recovered: transfer.recoveredMinor,
      amount_reversed: transfer.amountReversedMinor,
      stripe_transfer_id: transfer.stripeTransferId,
      stripe_reversal_id: transfer.stripeReversalId,
      failure_code: transfer.failureCode,
      next_retry_at: isoOf(transfer.nextRetryAt),
      completed_at: isoOf(transfer.completedAt),
      reversed_at: isoOf(transfer.reversedAt),
      created_at: transfer.createdAt.toISOString(),
    };
  }
}

/** The same with what only administrators see. */
export class AdminTransferDto extends SellerTransferDto {
  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'The end of its hold days' })
  hold_until: string | null;

  @ApiProperty({ description: 'The provider may have it or not' })
  outcome_unknown: boolean;

  @ApiProperty({ type: 'integer' })
  retry_count: number;

  @ApiProperty({ type: String, nullable: true, description: 'In the words of the provider' })
  error_message: string | null;

  static override of(transfer: TransferView): AdminTransferDto {
    return {
      ...SellerTransferDto.of(transfer),
      hold_until: isoOf(transfer.holdUntil),
      outcome_unknown: transfer.outcomeUnknown,
      retry_count: transfer.retryCount,
      error_message: transfer.errorMessage,
    };
  }
}

/** The transfer as it is now; with the approval it is not sent before a second administrator allows it. */
export class RetriedTransferDto extends AdminTransferDto {
  @ApiProperty({ type: ApprovalDto, nullable: true })
  approval: ApprovalDto | null;

  static ofRetried({ transfer, approval }: RetriedTransfer): RetriedTransferDto {
    return { ...AdminTransferDto.of(transfer), approval: approval && ApprovalDto.of(approval) };
  }
}

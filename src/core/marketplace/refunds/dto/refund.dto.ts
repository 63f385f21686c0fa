import { ApiProperty } from '@nestjs/swagger';
import type { Refund, RefundOrigin, RefundSettledBy } from '../refund.entity.js';
import { type RefundStatus, refundStates } from '../refund-states.js';

const isoOf = (at: Date | null): string | null => at?.toISOString() ?? null;

/** A refund as the parties of the order see it; amount in minor units. */
export class RefundDto {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ format: 'uuid' })
  order_id: string;

  @ApiProperty({ type: 'integer', description: 'Minor units' })
  amount: number;

  @ApiProperty({ example: 'EUR' })
  currency: string;

  @ApiProperty({ enum: refundStates.states })
  status: RefundStatus;

  @ApiProperty({ type: String, nullable: true })
  reason: string | null;

  @ApiProperty({ format: 'date-time' })
  created_at: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  succeeded_at: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  failed_at: string | null;

  static of(refund: Refund): RefundDto {
    return {
      id: refund.id,
      order_id: refund.orderId,
      amount: refund.amount,
      currency: refund.currency,
      status: refund.status,
      reason: refund.reason,
      created_at: refund.createdAt.toISOString(),
      succeeded_at: isoOf(refund.succeededAt),
      failed_at: isoOf(refund.failedAt),
    };
  }
}

/** The answer to a request: a refund that is on its way (S1). */
export class RequestedRefundDto {
  @ApiProperty({ type: RefundDto })
  refund: RefundDto;
}

/** The same with what only administrators see. */
export class AdminRefundDto extends RefundDto {
  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  initiator_id: string | null;

  @ApiProperty({ enum: ['request', 'external', 'automatic'] })
  origin: RefundOrigin;

  @ApiProperty({ type: String, nullable: true, example: 'ref_01j9zv6w3q8k4m2n7r5t1x0ybd' })
  psp_refund_id: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    description: "The provider's first answer; it decides nothing",
  })
  sync_status: string | null;

  @ApiProperty({ type: String, enum: ['webhook', 'poll', 'refusal'], nullable: true })
  settled_by: RefundSettledBy | null;

  @ApiProperty({ type: String, nullable: true })
  failure_code: string | null;

  @ApiProperty({ type: String, nullable: true })
  error_message: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  unknown_since: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  review_since: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  contradicted_at: string | null;

  static override of(refund: Refund): AdminRefundDto {
    return {
      ...RefundDto.of(refund),
      initiator_id: refund.initiatorId,
      origin: refund.origin,
      psp_refund_id: refund.pspRefundId,
      sync_status: refund.syncStatus,
      settled_by: refund.settledBy,
      failure_code: refund.failureCode,
      error_message: refund.errorMessage,
      unknown_since: isoOf(refund.unknownSince),
      review_since: isoOf(refund.reviewSince),
      contradicted_at: isoOf(refund.contradictedAt),
    };
  }
}

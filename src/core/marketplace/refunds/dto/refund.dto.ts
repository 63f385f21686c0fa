import { ApiProperty } from '@nestjs/swagger';
import { ApprovalDto } from '../../approvals/index.js';
import type { Refund, RefundOrigin, RefundSettledBy } from '../refund.entity.js';
import type { OpenedRefund } from '../refund-opening.service.js';
import type { ResolvedRefund } from '../refund-resolution.service.js';
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

  @ApiProperty({
    type: [String],
    format: 'uuid',
    nullable: true,
    description: 'The items it was asked for; null for an amount or the whole order',
  })
  order_item_ids: string[] | null;

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
      order_item_ids: refund.itemIds,
      reason: refund.reason,
      created_at: refund.createdAt.toISOString(),
      succeeded_at: isoOf(refund.succeededAt),
      failed_at: isoOf(refund.failedAt),
    };
  }
}

/** The answer to a request: a refund that is on its way (S1), or a question to a second administrator. */
export class RequestedRefundDto {
  @ApiProperty({ type: RefundDto, nullable: true })
  refund: RefundDto | null;

  @ApiProperty({
    type: ApprovalDto,
    nullable: true,
    description: 'What an administrator asked for above FOUR_EYES_AMOUNT, until a second one allows it',
  })
  approval: ApprovalDto | null;

  static of({ refund, approval }: OpenedRefund): RequestedRefundDto {
    return {
      refund: refund && RefundDto.of(refund),
      approval: approval && ApprovalDto.of(approval),
    };
  }
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

  @ApiProperty({ type: String, enum: ['webhook', 'poll', 'refusal', 'admin'], nullable: true })
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

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'When the provider is asked next',
  })
  next_check_at: string | null;

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
      next_check_at: isoOf(refund.nextCheckAt),
    };
  }
}

/** An administrator's word about a refund that does not end by itself: carried out, or waiting for a second one. */
export class ResolvedRefundDto {
  @ApiProperty({ type: AdminRefundDto })
  refund: AdminRefundDto;

  @ApiProperty({ type: ApprovalDto, nullable: true })
  approval: ApprovalDto | null;

  static of({ refund, approval }: ResolvedRefund): ResolvedRefundDto {
    return { refund: AdminRefundDto.of(refund), approval: approval && ApprovalDto.of(approval) };
  }
}

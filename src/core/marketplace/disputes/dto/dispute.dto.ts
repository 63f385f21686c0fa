import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsUUID } from 'class-validator';
import { PageQueryDto } from '../../../../infrastructure/http/index.js';
import type { ItemAllocation } from '../../orders/index.js';
import { DISPUTE_STATUSES, type DisputeStatus } from '../dispute-reducer.js';
import type { Dispute, DisputeQuery, DisputeWithItems } from '../dispute.types.js';

/** Which disputes to list. */
export class DisputesQueryDto extends PageQueryDto {
  @ApiPropertyOptional({ enum: DISPUTE_STATUSES })
  @IsOptional()
  @IsIn(DISPUTE_STATUSES)
  status?: DisputeStatus;

  @ApiPropertyOptional({ format: 'uuid' })
  @IsOptional()
  @IsUUID()
  order_id?: string;

  /** The query as the repository reads it. */
  toQuery(): DisputeQuery {
    const { page, limit, cursor, status, order_id: orderId } = this;
    return { page, limit, cursor, status, orderId };
  }
}

/** A chargeback of the buyer's bank; amounts in minor units. */
export class DisputeDto {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ description: "The provider's id" })
  psp_dispute_id: string;

  @ApiProperty({ format: 'uuid' })
  order_id: string;

  @ApiProperty({ type: 'integer' })
  amount: number;

  @ApiProperty({ example: 'EUR' })
  currency: string;

  @ApiProperty({ type: String, nullable: true, description: "The bank's own words" })
  reason: string | null;

  @ApiProperty({ enum: DISPUTE_STATUSES })
  status: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  challenge_required_by: string | null;

  @ApiProperty({ format: 'date-time' })
  opened_at: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  closed_at: string | null;

  @ApiProperty({
    enum: DISPUTE_STATUSES,
    nullable: true,
    description: 'The opposite end that the provider reported later; the books follow it',
  })
  contradicted_by: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  contradicted_at: string | null;

  static of(dispute: Dispute): DisputeDto {
    return {
      id: dispute.id,
      psp_dispute_id: dispute.pspDisputeId,
      order_id: dispute.orderId,
      amount: dispute.amountMinor,
      currency: dispute.currency,
      reason: dispute.reason,
      status: dispute.status,
      challenge_required_by: dispute.challengeRequiredBy?.toISOString() ?? null,
      opened_at: dispute.openedAt.toISOString(),
      closed_at: dispute.closedAt?.toISOString() ?? null,
      contradicted_by: dispute.contradictedBy,
      contradicted_at: dispute.contradictedAt?.toISOString() ?? null,
    };
  }
}

/** What a lost dispute took of one item; amounts in minor units. */
export class DisputeItemDto {
  @ApiProperty({ format: 'uuid' })
  order_item_id: string;

  @ApiProperty({ format: 'uuid' })
  seller_id: string;

  @ApiProperty({ type: 'integer' })
  amount: number;

  @ApiProperty({ type: 'integer' })
  fee: number;

  @ApiProperty({ type: 'integer' })
  net: number;

  static of({ orderItemId, sellerId, amountMinor, feeMinor, netMinor }: ItemAllocation): DisputeItemDto {
    return {
      order_item_id: orderItemId,
      seller_id: sellerId,
      amount: amountMinor,
      fee: feeMinor,
      net: netMinor,
    };
  }
}

/** A dispute with what it took of which item. */
export class DisputeDetailDto extends DisputeDto {
  @ApiProperty({ type: [DisputeItemDto] })
  items: DisputeItemDto[];

  static ofDispute(dispute: DisputeWithItems): DisputeDetailDto {
    return { ...DisputeDto.of(dispute), items: dispute.items.map((item) => DisputeItemDto.of(item)) };
  }
}

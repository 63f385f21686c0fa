import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { PageQueryDto } from '../../../../infrastructure/http/index.js';
import type { DiscountCode, DiscountQuery } from '../discount.types.js';

const DISCOUNT_STATUSES = ['active', 'archived'] as const;

/** Which of the caller's codes to list. */
export class DiscountsQueryDto extends PageQueryDto {
  @ApiPropertyOptional({ enum: DISCOUNT_STATUSES })
  @IsOptional()
  @IsIn(DISCOUNT_STATUSES)
  status?: (typeof DISCOUNT_STATUSES)[number];

  /** The request in the words of the service. */
  static queryOf({ page, limit, cursor, status }: DiscountsQueryDto): DiscountQuery {
    return { page, limit, cursor, isArchived: status === undefined ? undefined : status === 'archived' };
  }
}

/** A discount code as its seller sees it; amounts in minor units. */
export class DiscountDto {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ format: 'uuid' })
  seller_id: string;

  @ApiProperty({ example: 'SUMMER-10' })
  code: string;

  @ApiProperty({ type: 'integer', nullable: true, description: 'Basis points off each price' })
  percent_bps: number | null;

  @ApiProperty({ type: 'integer', nullable: true, description: 'Off the items together' })
  amount: number | null;

  @ApiProperty({ type: String, nullable: true, example: 'EUR' })
  currency: string | null;

  @ApiProperty({ type: [String], format: 'uuid', description: "Empty for all of the seller's products" })
  product_ids: string[];

  @ApiProperty({ type: 'integer', nullable: true })
  min_order_amount: number | null;

  @ApiProperty({ type: 'integer', nullable: true })
  max_uses: number | null;

  @ApiProperty({ type: 'integer', nullable: true })
  max_uses_per_buyer: number | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  starts_at: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  ends_at: string | null;

  @ApiProperty({ type: 'integer', description: 'By orders that wait for their payment or were paid' })
  uses: number;

  @ApiProperty({ enum: DISCOUNT_STATUSES })
  status: string;

  @ApiProperty({ format: 'date-time' })
  created_at: string;

  @ApiProperty({ format: 'date-time' })
  updated_at: string;

  static of(discount: DiscountCode): DiscountDto {
    return {
      id: discount.id,
      seller_id: discount.sellerId,
      code: discount.code,
      percent_bps: discount.percentBps,
      amount: discount.amountMinor,
      currency: discount.currency,
      product_ids: discount.productIds,
      min_order_amount: discount.minOrderAmountMinor,
      max_uses: discount.maxUses,
      max_uses_per_buyer: discount.maxUsesPerBuyer,
      starts_at: discount.startsAt?.toISOString() ?? null,
      ends_at: discount.endsAt?.toISOString() ?? null,
      uses: discount.uses,
      status: discount.archivedAt === null ? 'active' : 'archived',
      created_at: discount.createdAt.toISOString(),
      updated_at: discount.updatedAt.toISOString(),
    };
  }
}

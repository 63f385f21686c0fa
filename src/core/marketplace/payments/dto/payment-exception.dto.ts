import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, MaxLength } from 'class-validator';
import { PageQueryDto } from '../../../../infrastructure/http/index.js';
import type { PaymentException } from '../payment-exceptions.types.js';

/** Which cases to list. */
export class PaymentExceptionsQueryDto extends PageQueryDto {
  @ApiPropertyOptional({ example: 'webhook_unmatched' })
  @IsOptional()
  @IsString()
  @MaxLength(60)
  kind?: string;
}

/** Something about money that a person has to decide. */
export class PaymentExceptionDto {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ example: 'payment_amount_mismatch' })
  kind: string;

  @ApiProperty()
  provider: string;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  order_id: string | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  refund_id: string | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  transfer_id: string | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  webhook_event_id: string | null;

  @ApiProperty()
  message: string;

  @ApiProperty({ type: 'object', additionalProperties: true })
  details: Record<string, unknown>;

  @ApiProperty({ format: 'date-time' })
  created_at: string;

  static of(one: PaymentException): PaymentExceptionDto {
    return {
      id: one.id,
      kind: one.kind,
      provider: one.provider,
      order_id: one.orderId,
      refund_id: one.refundId,
      transfer_id: one.transferId,
      webhook_event_id: one.webhookEventId,
      message: one.message,
      details: one.details,
      created_at: one.createdAt.toISOString(),
    };
  }
}

import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsNotEmpty, IsOptional, IsString, IsUUID, MaxLength } from 'class-validator';
import { PageQueryDto } from '../../../../infrastructure/http/index.js';
import { PAYMENT_EXCEPTION_KINDS, type PaymentExceptionKind } from '../payment-exception-kinds.js';
import type { ExceptionState, PaymentException, PaymentExceptionQuery } from '../payment-exceptions.types.js';

const KINDS = Object.keys(PAYMENT_EXCEPTION_KINDS) as PaymentExceptionKind[];
const STATES: ExceptionState[] = ['open', 'resolved'];

/** Which cases to list. */
export class PaymentExceptionsQueryDto extends PageQueryDto {
  @ApiPropertyOptional({ enum: KINDS })
  @IsOptional()
  @IsIn(KINDS)
  kind?: PaymentExceptionKind;

  @ApiPropertyOptional({ enum: STATES })
  @IsOptional()
  @IsIn(STATES)
  state?: ExceptionState;

  @ApiPropertyOptional({ format: 'uuid' })
  @IsOptional()
  @IsUUID()
  order_id?: string;

  /** The query as the repository reads it. */
  toQuery(): PaymentExceptionQuery {
    const { page, limit, cursor, kind, state, order_id: orderId } = this;
    return { page, limit, cursor, kind, state, orderId };
  }
}

/** How a case was decided. */
export class ResolveExceptionDto {
  @ApiProperty({ maxLength: 1000, description: 'What was found and done; kept with the case and audited' })
  @IsString()
  @IsNotEmpty()
  @MaxLength(1000)
  note: string;
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
  dispute_id: string | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  webhook_event_id: string | null;

  @ApiProperty()
  message: string;

  @ApiProperty({ type: 'object', additionalProperties: true })
  details: Record<string, unknown>;

  @ApiProperty({ format: 'date-time' })
  created_at: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'Null while it is open' })
  resolved_at: string | null;

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'The administrator who closed it; null when it healed',
  })
  resolved_by: string | null;

  @ApiProperty({ type: String, nullable: true })
  resolution: string | null;

  static of(one: PaymentException): PaymentExceptionDto {
    return {
      id: one.id,
      kind: one.kind,
      provider: one.provider,
      order_id: one.orderId,
      refund_id: one.refundId,
      transfer_id: one.transferId,
      dispute_id: one.disputeId,
      webhook_event_id: one.webhookEventId,
      message: one.message,
      details: one.details,
      created_at: one.createdAt.toISOString(),
      resolved_at: one.resolvedAt?.toISOString() ?? null,
      resolved_by: one.resolvedBy,
      resolution: one.resolution,
    };
  }
}

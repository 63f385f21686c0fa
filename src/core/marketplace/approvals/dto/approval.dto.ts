import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, MaxLength, MinLength } from 'class-validator';
import { PageQueryDto } from '../../../../infrastructure/http/index.js';
import { APPROVAL_STATUSES, type Approval, type ApprovalStatus } from '../approval.types.js';

/** Which approvals to list. */
export class ApprovalQueryDto extends PageQueryDto {
  @ApiPropertyOptional({ enum: APPROVAL_STATUSES })
  @IsOptional()
  @IsIn(APPROVAL_STATUSES)
  status?: ApprovalStatus;
}

/** Why it is allowed or refused; kept with the approval and in the audit log. */
export class ApprovalDecisionDto {
  @ApiProperty({ minLength: 3, maxLength: 500 })
  @IsString()
  @MinLength(3)
  @MaxLength(500)
  reason: string;
}

/** What one administrator asked for and how another one decided. */
export class ApprovalDto {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ example: 'transfer.retry' })
  action: string;

  @ApiProperty({ example: 'seller_transfer' })
  resource_type: string;

  @ApiProperty()
  resource_id: string;

  @ApiProperty({ type: 'integer', description: 'Minor units' })
  amount: number;

  @ApiProperty({ example: 'EUR' })
  currency: string;

  @ApiProperty()
  reason: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'What the execution needs besides',
  })
  payload: Record<string, unknown>;

  @ApiProperty({ format: 'uuid' })
  requested_by: string;

  @ApiProperty({ enum: APPROVAL_STATUSES })
  status: ApprovalStatus;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  decided_by: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  decided_at: string | null;

  @ApiProperty({ type: String, nullable: true })
  decision_reason: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  executed_at: string | null;

  @ApiProperty({ type: String, nullable: true, description: 'The code of the refusal, when it is failed' })
  error: string | null;

  @ApiProperty({ format: 'date-time' })
  expires_at: string;

  @ApiProperty({ format: 'date-time' })
  created_at: string;

  static of(one: Approval): ApprovalDto {
    return {
      id: one.id,
      action: one.action,
      resource_type: one.resourceType,
      resource_id: one.resourceId,
      amount: one.amountMinor,
      currency: one.currency,
      reason: one.reason,
      payload: one.payload,
      requested_by: one.requestedBy,
      status: one.status,
      decided_by: one.decidedBy,
      decided_at: one.decidedAt?.toISOString() ?? null,
      decision_reason: one.decisionReason,
      executed_at: one.executedAt?.toISOString() ?? null,
      error: one.error,
      expires_at: one.expiresAt.toISOString(),
      created_at: one.createdAt.toISOString(),
    };
  }
}

import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { PageQueryDto } from '../../../../infrastructure/http/index.js';
import type { WebhookEventRow, WebhookProvider, WebhookStatus } from '../webhooks.types.js';

const PROVIDERS: WebhookProvider[] = ['hyperswitch', 'stripe'];
const STATUSES: WebhookStatus[] = [
  'received',
  'applied',
  'ignored',
  'unmatched',
  'contradiction',
  'rejected',
  'exception',
];

/** Which deliveries to list. */
export class WebhookEventsQueryDto extends PageQueryDto {
  @ApiPropertyOptional({ enum: STATUSES })
  @IsOptional()
  @IsIn(STATUSES)
  status?: WebhookStatus;

  @ApiPropertyOptional({ enum: PROVIDERS })
  @IsOptional()
  @IsIn(PROVIDERS)
  provider?: WebhookProvider;
}

/** A delivery of a provider and what became of it. */
export class WebhookEventDto {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ enum: PROVIDERS })
  provider: string;

  @ApiProperty()
  event_id: string;

  @ApiProperty()
  kind: string;

  @ApiProperty({ example: 'payment_succeeded' })
  event_type: string;

  @ApiProperty({ type: String, nullable: true, description: "The provider's id of the object" })
  object_id: string | null;

  @ApiProperty({ enum: ['webhook', 'poll'] })
  source: string;

  @ApiProperty({ enum: STATUSES })
  status: string;

  @ApiProperty({ type: 'integer' })
  attempts: number;

  @ApiProperty({ type: String, nullable: true })
  reason: string | null;

  @ApiProperty({ format: 'date-time' })
  received_at: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  applied_at: string | null;

  static of(row: WebhookEventRow): WebhookEventDto {
    return {
      id: row.id,
      provider: row.provider,
      event_id: row.eventId,
      kind: row.kind,
      event_type: row.eventType,
      object_id: row.objectId,
      source: row.source,
      status: row.status,
      attempts: row.attempts,
      reason: row.reason,
      received_at: row.receivedAt.toISOString(),
      applied_at: row.appliedAt?.toISOString() ?? null,
    };
  }
}

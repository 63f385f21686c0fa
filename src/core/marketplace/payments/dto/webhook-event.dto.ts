import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, MaxLength, MinLength } from 'class-validator';
import { IsMoment, PageQueryDto } from '../../../../infrastructure/http/index.js';
import type { ProviderEventKind } from '../provider-event.js';
import { parseBody } from '../webhook-classifier.js';
import type {
  ReplayBatch,
  StoredWebhook,
  WebhookEventQuery,
  WebhookEventRow,
  WebhookProvider,
  WebhookStatus,
} from '../webhooks.types.js';

const PROVIDERS: WebhookProvider[] = ['hyperswitch', 'stripe'];
const KINDS: ProviderEventKind[] = ['payment', 'refund', 'dispute', 'account', 'transfer', 'other'];
const REPLAYABLE: ReplayBatch['status'][] = [
  'received',
  'applied',
  'ignored',
  'unmatched',
  'contradiction',
  'exception',
  'dead',
];
const STATUSES: WebhookStatus[] = [...REPLAYABLE, 'rejected'];
/** The signature is as good as the secret for these very bytes, and the others are credentials anyway. */
const SECRET_HEADER = /authorization|cookie|signature|secret|token|api-?key/i;

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

  @ApiPropertyOptional({ enum: KINDS })
  @IsOptional()
  @IsIn(KINDS)
  kind?: ProviderEventKind;

  @ApiPropertyOptional({ maxLength: 255, description: "The provider's id of the object" })
  @IsOptional()
  @IsString()
  @MaxLength(255)
  object_id?: string;

  @ApiPropertyOptional({ type: String, format: 'date-time', description: 'Inclusive' })
  @IsOptional()
  @IsMoment()
  from?: Date;

  @ApiPropertyOptional({ type: String, format: 'date-time', description: 'Exclusive' })
  @IsOptional()
  @IsMoment()
  to?: Date;

  /** The query as the repository reads it. */
  toQuery(): WebhookEventQuery {
    const { object_id: objectId, ...query } = this;
    return { ...query, objectId };
  }
}

/** Why an administrator has a delivery applied once more; kept in the audit log. */
export class ReplayWebhookDto {
  @ApiProperty({ minLength: 3, maxLength: 500 })
  @IsString()
  @MinLength(3)
  @MaxLength(500)
  reason: string;
}

/** Which deliveries to apply once more, and why. */
export class ReplayWebhooksDto extends ReplayWebhookDto {
  @ApiProperty({ enum: REPLAYABLE })
  @IsIn(REPLAYABLE)
  status: ReplayBatch['status'];

  @ApiProperty({ type: String, format: 'date-time', description: 'Inclusive' })
  @IsMoment()
  from: Date;

  @ApiProperty({ type: String, format: 'date-time', description: 'Exclusive' })
  @IsMoment()
  to: Date;
}

/** What a replay of many has queued. */
export class ReplayedWebhooksDto {
  @ApiProperty({ type: 'integer', description: 'At most 500' })
  queued: number;

  @ApiProperty({ description: 'True when there are more of them: ask again' })
  has_more: boolean;
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

  @ApiProperty({ type: String, nullable: true, description: 'What the last failed attempt said' })
  last_error: string | null;

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
      last_error: row.lastError,
      received_at: row.receivedAt.toISOString(),
      applied_at: row.appliedAt?.toISOString() ?? null,
    };
  }
}

/** A delivery with what was sent, but for its credentials. */
export class WebhookEventDetailDto extends WebhookEventDto {
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'Without credentials and signatures',
  })
  headers: Record<string, unknown>;

  @ApiProperty({ enum: ['json', 'base64'] })
  body_encoding: 'json' | 'base64';

  @ApiProperty({
    oneOf: [{ type: 'object', additionalProperties: true }, { type: 'array', items: {} }, { type: 'string' }],
    nullable: true,
    description: 'What was signed: as JSON, or the bytes in base64 where they are none',
  })
  body: unknown;

  static ofStored(stored: StoredWebhook): WebhookEventDetailDto {
    const json = parseBody(stored.rawBody);
    const headers = Object.entries(stored.headers).filter(([name]) => !SECRET_HEADER.test(name));
    return {
      ...WebhookEventDto.of(stored),
      headers: Object.fromEntries(headers),
      body_encoding: json === undefined ? 'base64' : 'json',
      body: json === undefined ? stored.rawBody.toString('base64') : json,
    };
  }
}

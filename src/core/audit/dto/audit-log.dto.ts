import { ApiProperty } from '@nestjs/swagger';
import type { AuditLog } from '../audit-entry.js';

/** One entry of the audit trail (spec 02, 04). */
export class AuditLogDto {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'The actor; null for the system',
  })
  user_id: string | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  session_id: string | null;

  @ApiProperty({ example: 'job.run_requested' })
  action: string;

  @ApiProperty({ example: 'job' })
  resource_type: string;

  @ApiProperty({ type: String, nullable: true })
  resource_id: string | null;

  @ApiProperty()
  success: boolean;

  @ApiProperty({ type: Object, nullable: true, description: 'Values that look secret are redacted' })
  details: object | null;

  @ApiProperty({ type: Object, nullable: true })
  old_values: object | null;

  @ApiProperty({ type: Object, nullable: true })
  new_values: object | null;

  @ApiProperty({ type: String, nullable: true })
  ip_address: string | null;

  @ApiProperty({ type: String, nullable: true })
  user_agent: string | null;

  @ApiProperty({ type: String, nullable: true, description: '`meta.request_id` of the answer' })
  request_id: string | null;

  @ApiProperty({ type: String, format: 'date-time' })
  created_at: Date;

  /** The entry as the API shows it. */
  static of(log: AuditLog): AuditLogDto {
    return {
      id: log.id,
      user_id: log.userId,
      session_id: log.sessionId,
      action: log.action,
      resource_type: log.resourceType,
      resource_id: log.resourceId,
      success: log.success,
      details: log.details,
      old_values: log.oldValues,
      new_values: log.newValues,
      ip_address: log.ipAddress,
      user_agent: log.userAgent,
      request_id: log.requestId,
      created_at: log.createdAt,
    };
  }
}

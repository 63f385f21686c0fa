import { Injectable } from '@nestjs/common';
import { newId } from '../../common/ids/index.js';
import { Clock } from '../../common/time/index.js';
import { Propagation, Transactional } from '../../infrastructure/database/index.js';
import { RequestContext } from '../../infrastructure/http/index.js';
import { redactFields } from '../../infrastructure/logging/index.js';
import type { AuditEntry } from './audit-entry.js';
import { AuditLogsRepository } from './audit-logs.repository.js';

const LONGEST_USER_AGENT = 512;

/** Writes the audit trail in the transaction of what it tells of: both are kept or neither. */
@Injectable()
export class AuditWriter {
  constructor(
    private readonly logs: AuditLogsRepository,
    private readonly request: RequestContext,
    private readonly clock: Clock,
  ) {}

  /**
   * Adds an entry. Actor, address and agent come from the present request unless they are given; values of
   * fields that look secret are redacted (spec 04).
   * @throws when no transaction is open
   */
  @Transactional(Propagation.Mandatory)
  async record(entry: AuditEntry): Promise<void> {
    const { userId, sessionId, ip, userAgent, requestId } = this.request;
    await this.logs.insert({
      id: newId(),
      userId: entry.userId === undefined ? (userId ?? null) : entry.userId,
      sessionId: entry.sessionId === undefined ? (sessionId ?? null) : entry.sessionId,
      action: entry.action,
      resourceType: entry.resourceType,
      resourceId: entry.resourceId ?? null,
      success: entry.success ?? true,
      details: withoutSecrets(entry.details),
      oldValues: withoutSecrets(entry.oldValues),
      newValues: withoutSecrets(entry.newValues),
      ipAddress: ip ?? null,
      userAgent: userAgent?.slice(0, LONGEST_USER_AGENT) ?? null,
      requestId: requestId ?? null,
      createdAt: this.clock.now(),
    });
  }
}

/** Through JSON first, so that instances of classes are looked into as well. */
function withoutSecrets(values: object | undefined): object | null {
  if (values === undefined) return null;
  return redactFields(JSON.parse(JSON.stringify(values))) as object;
}

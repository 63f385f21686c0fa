import { Injectable } from '@nestjs/common';
import { Database } from '../../infrastructure/database/index.js';
import type { AuditFilter, AuditLog } from './audit-entry.js';

const COLUMNS = `id, user_id AS "userId", session_id AS "sessionId", action, resource_type AS "resourceType",
  resource_id AS "resourceId", success, details, old_values AS "oldValues", new_values AS "newValues",
  ip_address AS "ipAddress", user_agent AS "userAgent", request_id AS "requestId", created_at AS "createdAt"`;

const FILTER = `($1::uuid IS NULL OR user_id = $1) AND ($2::text IS NULL OR action = $2)
  AND ($3::text IS NULL OR resource_type = $3)
  AND ($4::timestamptz IS NULL OR created_at >= $4) AND ($5::timestamptz IS NULL OR created_at <= $5)`;

/** Where a page starts: after so many entries, or behind the last one of the page before. */
export type AuditPageStart = { offset: number } | { createdAt: string; id: string };

/** The audit trail; the database itself refuses every change of an entry. */
@Injectable()
export class AuditLogsRepository {
  constructor(private readonly database: Database) {}

  /** Adds an entry to the open transaction. */
  async insert(log: AuditLog): Promise<void> {
    await this.database.query(
      `INSERT INTO audit_logs (id, user_id, session_id, action, resource_type, resource_id, success, details,
                               old_values, new_values, ip_address, user_agent, request_id, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
      [
        log.id,
        log.userId,
        log.sessionId,
        log.action,
        log.resourceType,
        log.resourceId,
        log.success,
        toJson(log.details),
        toJson(log.oldValues),
        toJson(log.newValues),
        log.ipAddress,
        log.userAgent,
        log.requestId,
        log.createdAt,
      ],
    );
  }

  /** Entries in the order newest first. */
  findPage(filter: AuditFilter, start: AuditPageStart, limit: number): Promise<AuditLog[]> {
    const parameters = [...parametersOf(filter), limit];
    if ('offset' in start) {
      return this.database.query<AuditLog>(
        `SELECT ${COLUMNS} FROM audit_logs WHERE ${FILTER}
          ORDER BY created_at DESC, id DESC LIMIT $6 OFFSET $7`,
        [...parameters, start.offset],
      );
    }
    return this.database.query<AuditLog>(
      `SELECT ${COLUMNS} FROM audit_logs WHERE ${FILTER} AND (created_at, id) < ($7::timestamptz, $8::uuid)
        ORDER BY created_at DESC, id DESC LIMIT $6`,
      [...parameters, start.createdAt, start.id],
    );
  }

  /** How many entries there are. */
  async count(filter: AuditFilter): Promise<number> {
    const [row] = await this.database.query<{ total: string }>(
      `SELECT count(*) AS total FROM audit_logs WHERE ${FILTER}`,
      parametersOf(filter),
    );
    return Number(row?.total ?? 0);
  }
}

const toJson = (value: object | null): string | null => (value === null ? null : JSON.stringify(value));

const parametersOf = ({ userId, action, resourceType, from, to }: AuditFilter): unknown[] => [
  userId ?? null,
  action ?? null,
  resourceType ?? null,
  from ?? null,
  to ?? null,
];

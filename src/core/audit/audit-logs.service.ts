import { Injectable } from '@nestjs/common';
import { validationFailed } from '../../common/errors/index.js';
import { Paginated } from '../../common/pagination/index.js';
import { CursorCodec } from '../../infrastructure/http/index.js';
import type { AuditFilter, AuditLog } from './audit-entry.js';
import { AuditLogsRepository, type AuditPageStart } from './audit-logs.repository.js';

const CURSOR_SCOPE = 'audit-logs:created_at';

/** Which page of the trail is asked for. */
export interface AuditPage {
  page: number;
  limit: number;
  cursor?: string;
}

/** Reads the audit trail. */
@Injectable()
export class AuditLogsService {
  constructor(
    private readonly logs: AuditLogsRepository,
    private readonly cursors: CursorCodec,
  ) {}

  /**
   * Entries, newest first; a cursor takes precedence over the page number.
   * @throws DomainError INVALID_CURSOR; VALIDATION_ERROR when `from` is after `to`
   */
  async list(filter: AuditFilter, { page, limit, cursor }: AuditPage): Promise<Paginated<AuditLog>> {
    if (filter.from && filter.to && filter.from > filter.to) {
      throw validationFailed([{ field: 'from', message: 'from must not be after to' }]);
    }
    const start = cursor === undefined ? { offset: (page - 1) * limit } : this.startAt(cursor);
    const found = await this.logs.findPage(filter, start, limit + 1);
    const items = found.slice(0, limit);
    const nextCursor = found.length > limit ? this.cursorAfter(items) : null;
    if (cursor !== undefined) return Paginated.ofCursor(items, { limit, nextCursor });
    const total = await this.logs.count(filter);
    return Paginated.ofPage(items, { page, limit, total, nextCursor });
  }

  private startAt(cursor: string): AuditPageStart {
    const [createdAt, id] = this.cursors.decode(CURSOR_SCOPE, cursor);
    return { createdAt: String(createdAt), id: String(id) };
  }

  private cursorAfter(items: readonly AuditLog[]): string | null {
    const last = items.at(-1);
    return last ? this.cursors.encode(CURSOR_SCOPE, [last.createdAt.toISOString(), last.id]) : null;
  }
}

import { Injectable } from '@nestjs/common';
import { newId } from '../../../common/ids/index.js';
import type { Paginated } from '../../../common/pagination/index.js';
import { Database, toSafeInteger } from '../../../infrastructure/database/index.js';
import { Conditions, ListReader } from '../../../infrastructure/lists/index.js';
import type { Approval, ApprovalQuery, ApprovalRequest } from './approval.types.js';

type ApprovalRow = Omit<Approval, 'amountMinor'> & { amount: string };

const FIELDS = `id, action, resource_type AS "resourceType", resource_id AS "resourceId", amount, currency, reason,
         payload, requested_by AS "requestedBy", status, decided_by AS "decidedBy", decided_at AS "decidedAt",
         decision_reason AS "decisionReason", executed_at AS "executedAt", error, expires_at AS "expiresAt",
         created_at AS "createdAt"`;

/** Rows of approvals. */
@Injectable()
export class ApprovalsRepository {
  constructor(
    private readonly db: Database,
    private readonly lists: ListReader,
  ) {}

  /** @returns null when the same action on the same thing is open already */
  async insert(
    request: ApprovalRequest,
    times: { createdAt: Date; expiresAt: Date },
  ): Promise<Approval | null> {
    const [row] = await this.db.query<ApprovalRow>(
      `INSERT INTO approvals (id, action, resource_type, resource_id, amount, currency, reason, payload,
                              requested_by, status, expires_at, created_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8::jsonb, $9, 'pending', $10, $11)
       ON CONFLICT (action, resource_type, resource_id) WHERE status IN ('pending', 'approved') DO NOTHING
       RETURNING ${FIELDS}`,
      [
        newId(),
        request.action,
        request.resourceType,
        request.resourceId,
        request.amountMinor,
        request.currency,
        request.reason,
        JSON.stringify(request.payload),
        request.requestedBy,
        times.expiresAt,
        times.createdAt,
      ],
    );
    return row ? approvalOf(row) : null;
  }

  async find(id: string): Promise<Approval | null> {
    return this.findBy(id, '');
  }

  /** Locks the approval until the transaction ends. */
  async findForUpdate(id: string): Promise<Approval | null> {
    return this.findBy(id, 'FOR UPDATE');
  }

  async decide(
    id: string,
    decision: { status: 'approved' | 'rejected'; decidedBy: string; decidedAt: Date; reason: string },
  ): Promise<Approval> {
    return this.change(id, 'status = $2, decided_by = $3, decided_at = $4, decision_reason = $5', [
      decision.status,
      decision.decidedBy,
      decision.decidedAt,
      decision.reason,
    ]);
  }

  async markExecuted(id: string, executedAt: Date): Promise<Approval> {
    return this.change(id, `status = 'executed', executed_at = $2`, [executedAt]);
  }

  async markFailed(id: string, error: string): Promise<Approval> {
    return this.change(id, `status = 'failed', error = $2`, [error]);
  }

  /** Ends a batch of what nobody decided in time. */
  async expire(now: Date, limit: number): Promise<Approval[]> {
    const rows = await this.db.query<ApprovalRow>(
      `UPDATE approvals SET status = 'expired'
        WHERE id IN (SELECT id FROM approvals WHERE status = 'pending' AND expires_at <= $1
                      ORDER BY expires_at FOR UPDATE SKIP LOCKED LIMIT $2)
       RETURNING ${FIELDS}`,
      [now, limit],
    );
    return rows.map(approvalOf);
  }

  async list({ status, ...part }: ApprovalQuery): Promise<Paginated<Approval>> {
    const page = await this.lists.read<ApprovalRow>(
      {
        scope: 'approvals',
        select: `SELECT ${FIELDS} FROM approvals`,
        conditions: new Conditions().addIf(status, 'status = ?'),
        sort: { column: 'created_at', type: 'timestamptz', descending: true, idColumn: 'id' },
        positionOf: (row) => [row.createdAt.toISOString(), row.id],
      },
      part,
    );
    return page.map(approvalOf);
  }

  private async findBy(id: string, lock: '' | 'FOR UPDATE'): Promise<Approval | null> {
    const [row] = await this.db.query<ApprovalRow>(`SELECT ${FIELDS} FROM approvals WHERE id = $1 ${lock}`, [
      id,
    ]);
    return row ? approvalOf(row) : null;
  }

  private async change(id: string, assignments: string, values: unknown[]): Promise<Approval> {
    const [row] = await this.db.query<ApprovalRow>(
      `UPDATE approvals SET ${assignments} WHERE id = $1 RETURNING ${FIELDS}`,
      [id, ...values],
    );
    if (!row) throw new Error(`No approval ${id}`);
    return approvalOf(row);
  }
}

const approvalOf = ({ amount, ...row }: ApprovalRow): Approval => ({
  ...row,
  amountMinor: toSafeInteger(amount),
});

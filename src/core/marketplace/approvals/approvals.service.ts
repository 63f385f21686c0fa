import { Injectable } from '@nestjs/common';
import type { Paginated } from '../../../common/pagination/index.js';
import { Clock } from '../../../common/time/index.js';
import { AppConfig } from '../../../infrastructure/config/index.js';
import { Propagation, Transactional } from '../../../infrastructure/database/index.js';
import { OutboxWriter } from '../../../infrastructure/events/index.js';
import { AuditWriter } from '../../audit/index.js';
import { ApprovalActions } from './approval-actions.js';
import type { Approval, ApprovalQuery, ApprovalRequest } from './approval.types.js';
import {
  approvalAlreadyRequested,
  approvalNotFound,
  approvalNotPending,
  secondAdminRequired,
} from './approvals.errors.js';
import { approvalApproved } from './approvals.events.js';
import { ApprovalsRepository } from './approvals.repository.js';

const LIFE_MS = 7 * 86_400_000;

/** Four eyes: one administrator asks, another one allows or refuses (issue: money, 8). */
@Injectable()
export class Approvals {
  private readonly limitMinor: number;

  constructor(
    private readonly approvals: ApprovalsRepository,
    private readonly actions: ApprovalActions,
    private readonly outbox: OutboxWriter,
    private readonly audit: AuditWriter,
    private readonly clock: Clock,
    config: AppConfig,
  ) {
    this.limitMinor = config.get('FOUR_EYES_AMOUNT');
  }

  /** Whether an admin's movement of this many minor units, of whatever currency, needs a second admin. */
  isNeeded(amountMinor: number): boolean {
    return amountMinor > this.limitMinor;
  }

  /**
   * Asks for a second administrator in the caller's transaction; lasts seven days.
   * @throws DomainError 409 `APPROVAL_ALREADY_REQUESTED`; Error for an action that nobody executes
   */
  @Transactional(Propagation.Mandatory)
  async request(request: ApprovalRequest): Promise<Approval> {
    this.actions.get(request.action);
    const createdAt = this.clock.now();
    const expiresAt = new Date(createdAt.getTime() + LIFE_MS);
    const approval = await this.approvals.insert(request, { createdAt, expiresAt });
    if (!approval) throw approvalAlreadyRequested();
    await this.audit.record({
      action: 'approval.requested',
      resourceType: 'approval',
      resourceId: approval.id,
      userId: request.requestedBy,
      details: { reason: request.reason },
      newValues: subjectOf(approval),
    });
    return approval;
  }

  /**
   * Allows it; it is executed once, after this is committed.
   * @throws DomainError 404, 403 `SECOND_ADMIN_REQUIRED`, 409 `APPROVAL_NOT_PENDING`
   */
  @Transactional()
  async approve(id: string, adminId: string, reason: string): Promise<Approval> {
    const approval = await this.decide(id, adminId, { status: 'approved', reason });
    await this.outbox.append(approvalApproved, { aggregateId: id, payload: { approvalId: id } });
    return approval;
  }

  /** Refuses it for good. @throws as {@link approve} */
  @Transactional()
  async reject(id: string, adminId: string, reason: string): Promise<Approval> {
    return this.decide(id, adminId, { status: 'rejected', reason });
  }

  /** Ends what nobody decided within seven days. @returns how many, at most `limit` */
  @Transactional()
  async expireOverdue(limit: number): Promise<number> {
    const expired = await this.approvals.expire(this.clock.now(), limit);
    for (const approval of expired) {
      await this.audit.record({
        action: 'approval.expired',
        resourceType: 'approval',
        resourceId: approval.id,
        userId: null,
        oldValues: { status: 'pending' },
        newValues: { status: 'expired' },
      });
    }
    return expired.length;
  }

  /** @throws DomainError 404 `APPROVAL_NOT_FOUND` */
  async get(id: string): Promise<Approval> {
    const approval = await this.approvals.find(id);
    if (!approval) throw approvalNotFound();
    return approval;
  }

  /** Newest first. */
  async list(query: ApprovalQuery): Promise<Paginated<Approval>> {
    return this.approvals.list(query);
  }

  private async decide(
    id: string,
    adminId: string,
    { status, reason }: { status: 'approved' | 'rejected'; reason: string },
  ): Promise<Approval> {
    const before = await this.approvals.findForUpdate(id);
    if (!before) throw approvalNotFound();
    if (before.requestedBy === adminId) throw secondAdminRequired();
    const now = this.clock.now();
    if (before.status !== 'pending') throw approvalNotPending(before.status);
    if (before.expiresAt <= now) throw approvalNotPending('expired');
    const approval = await this.approvals.decide(id, { status, decidedBy: adminId, decidedAt: now, reason });
    await this.audit.record({
      action: `approval.${status}`,
      resourceType: 'approval',
      resourceId: id,
      details: { reason, ...subjectOf(before) },
      oldValues: { status: before.status },
      newValues: { status },
    });
    return approval;
  }
}

const subjectOf = (approval: Approval): object => ({
  action: approval.action,
  resource_type: approval.resourceType,
  resource_id: approval.resourceId,
  amount: approval.amountMinor,
  currency: approval.currency,
});

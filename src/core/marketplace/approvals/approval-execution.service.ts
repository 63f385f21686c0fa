import { Injectable } from '@nestjs/common';
import { DomainError } from '../../../common/errors/index.js';
import { Clock } from '../../../common/time/index.js';
import { Propagation, Transactional } from '../../../infrastructure/database/index.js';
import { AuditWriter } from '../../audit/index.js';
import { ApprovalActions } from './approval-actions.js';
import type { Approval } from './approval.types.js';
import { approvalNotPending } from './approvals.errors.js';
import { ApprovalsRepository } from './approvals.repository.js';

/** Refusals of these kinds pass; the delivery comes again. */
const PASSING = new Set<DomainError['kind']>(['unavailable', 'timeout', 'rate_limited', 'locked']);

/** Does what was approved, once. */
@Injectable()
export class ApprovalExecution {
  constructor(
    private readonly approvals: ApprovalsRepository,
    private readonly actions: ApprovalActions,
    private readonly audit: AuditWriter,
    private readonly clock: Clock,
  ) {}

  /**
   * Called again after it is settled, it does nothing.
   * @throws what may pass, so that the delivery is repeated
   */
  async execute(approvalId: string): Promise<void> {
    const approval = await this.approvals.find(approvalId);
    if (approval?.status !== 'approved') return;
    try {
      await this.actions.get(approval.action)(approval, () => this.markExecuted(approvalId));
    } catch (error) {
      if (!(error instanceof DomainError) || PASSING.has(error.kind)) throw error;
      await this.markFailed(approvalId, error.code);
      return;
    }
    await this.markExecutedIfOpen(approvalId);
  }

  /** Part of the effect's own transaction. @throws DomainError 409 when another execution came first */
  @Transactional(Propagation.Mandatory)
  async markExecuted(id: string): Promise<void> {
    const approval = await this.approvals.findForUpdate(id);
    if (approval?.status !== 'approved') throw approvalNotPending(approval?.status ?? 'absent');
    await this.settle(approval, await this.approvals.markExecuted(id, this.clock.now()));
  }

  /** For actions that did not mark it themselves. */
  @Transactional()
  async markExecutedIfOpen(id: string): Promise<void> {
    const approval = await this.approvals.findForUpdate(id);
    if (approval?.status === 'approved') await this.markExecuted(id);
  }

  /** An execution that another one overtook has not failed. */
  @Transactional()
  async markFailed(id: string, code: string): Promise<void> {
    const approval = await this.approvals.findForUpdate(id);
    if (approval?.status === 'approved')
      await this.settle(approval, await this.approvals.markFailed(id, code));
  }

  private async settle(before: Approval, after: Approval): Promise<void> {
    await this.audit.record({
      action: `approval.${after.status}`,
      resourceType: 'approval',
      resourceId: after.id,
      userId: null,
      success: after.status === 'executed',
      details: { requested_by: after.requestedBy, decided_by: after.decidedBy, error: after.error },
      oldValues: { status: before.status },
      newValues: { status: after.status },
    });
  }
}

import { Module } from '@nestjs/common';
import { AuditModule } from '../../audit/index.js';
import { ApprovalActions } from './approval-actions.js';
import { ApprovalExecution } from './approval-execution.service.js';
import { ApprovalsAdminController } from './approvals.admin.controller.js';
import { ApprovalsRepository } from './approvals.repository.js';
import { Approvals } from './approvals.service.js';
import { ApprovalExpiryJob } from './jobs/approval-expiry.job.js';
import { ExecuteApprovalHandler } from './jobs/execute-approval.handler.js';

/** A second administrator for large movements of money; knows none of the actions. */
@Module({
  imports: [AuditModule],
  controllers: [ApprovalsAdminController],
  providers: [
    ApprovalActions,
    ApprovalExecution,
    ApprovalExpiryJob,
    Approvals,
    ApprovalsRepository,
    ExecuteApprovalHandler,
  ],
  exports: [ApprovalActions, Approvals],
})
export class ApprovalsModule {}

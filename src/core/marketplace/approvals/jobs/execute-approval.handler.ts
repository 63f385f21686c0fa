import {
  OutboxHandler,
  type DeliveredEvent,
  type EventHandler,
} from '../../../../infrastructure/events/index.js';
import { ApprovalExecution } from '../approval-execution.service.js';
import { approvalApproved } from '../approvals.events.js';

/** Executes what a second administrator allowed; an approval is never forgotten, so it never gives up. */
@OutboxHandler(approvalApproved, 'approvals.execute', { lane: 'money', maxAttempts: 'unlimited' })
export class ExecuteApprovalHandler implements EventHandler<{ approvalId: string }> {
  constructor(private readonly execution: ApprovalExecution) {}

  handle({ payload }: DeliveredEvent<{ approvalId: string }>): Promise<void> {
    return this.execution.execute(payload.approvalId);
  }
}

export { ApprovalActions, type ApprovedAction } from './approval-actions.js';
export type { Approval, ApprovalRequest } from './approval.types.js';
export { ApprovalsModule } from './approvals.module.js';
export { Approvals } from './approvals.service.js';
export { ApprovalDto } from './dto/approval.dto.js';

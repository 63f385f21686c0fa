import { defineEvent } from '../../../infrastructure/events/index.js';

/** A second administrator allowed it; aggregate id is the approval's. */
export const approvalApproved = defineEvent<{ approvalId: string }>({
  type: 'approval.approved',
  handlers: ['approvals.execute'],
});

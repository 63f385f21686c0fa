/** Open are `pending` (nobody decided) and `approved` (decided, not yet executed); all others are final. */
export const APPROVAL_STATUSES = [
  'pending',
  'approved',
  'rejected',
  'expired',
  'executed',
  'failed',
] as const;

export type ApprovalStatus = (typeof APPROVAL_STATUSES)[number];

/** What somebody asks a second administrator for; amount in minor units. */
export interface ApprovalRequest {
  /** The name under which the action is registered, such as `transfer.retry`. */
  action: string;
  resourceType: string;
  resourceId: string;
  amountMinor: number;
  currency: string;
  reason: string;
  /** What the execution needs besides; JSON, no secrets. */
  payload: Record<string, unknown>;
  requestedBy: string;
}

/** An approval as it is stored. */
export interface Approval extends ApprovalRequest {
  id: string;
  status: ApprovalStatus;
  decidedBy: string | null;
  decidedAt: Date | null;
  decisionReason: string | null;
  executedAt: Date | null;
  /** Why the approved action could not be done: a stable code. */
  error: string | null;
  expiresAt: Date;
  createdAt: Date;
}

/** Which approvals to list. */
export interface ApprovalQuery {
  page: number;
  limit: number;
  cursor?: string;
  status?: ApprovalStatus;
}

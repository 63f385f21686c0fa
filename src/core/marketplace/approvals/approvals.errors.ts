import { DomainError } from '../../../common/errors/index.js';

export const approvalNotFound = (): DomainError =>
  new DomainError('APPROVAL_NOT_FOUND', 'not_found', 'Approval not found');

/** 403: whoever asked for it may not decide it. */
export const secondAdminRequired = (): DomainError =>
  new DomainError('SECOND_ADMIN_REQUIRED', 'forbidden', 'Another administrator has to decide this');

/** 409: decided, executed or expired meanwhile. */
export const approvalNotPending = (status: string): DomainError =>
  new DomainError(
    'APPROVAL_NOT_PENDING',
    'conflict',
    `This approval is ${status} and can no longer be decided`,
    {
      data: { status },
    },
  );

/** 409: the same action on the same thing waits for a decision or for its execution already. */
export const approvalAlreadyRequested = (): DomainError =>
  new DomainError(
    'APPROVAL_ALREADY_REQUESTED',
    'conflict',
    'This is waiting for a second administrator already',
  );

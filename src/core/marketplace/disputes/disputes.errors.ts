import { DomainError } from '../../../common/errors/index.js';

export const disputeNotFound = (): DomainError =>
  new DomainError('DISPUTE_NOT_FOUND', 'not_found', 'Dispute not found');

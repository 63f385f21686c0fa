import { DomainError } from '../../../common/errors/index.js';

export const exceptionNotFound = (): DomainError =>
  new DomainError('PAYMENT_EXCEPTION_NOT_FOUND', 'not_found', 'Payment exception not found');

/** 409: the case was closed before, by a person or because it healed. */
export const exceptionAlreadyResolved = (): DomainError =>
  new DomainError('PAYMENT_EXCEPTION_RESOLVED', 'conflict', 'This payment exception is resolved already');

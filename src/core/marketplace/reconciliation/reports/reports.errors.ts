import { DomainError } from '../../../../common/errors/index.js';

export const reportNotFound = (): DomainError =>
  new DomainError('RECONCILIATION_REPORT_NOT_FOUND', 'not_found', 'Reconciliation report not found');

/** 409: the report of that day is being made at this moment. */
export const reportRunning = (): DomainError =>
  new DomainError('RECONCILIATION_RUNNING', 'conflict', 'The report of that day is being made');

/** 409: there is nothing to download yet. */
export const reportNotCompleted = (): DomainError =>
  new DomainError('RECONCILIATION_NOT_COMPLETED', 'conflict', 'The report is not complete');

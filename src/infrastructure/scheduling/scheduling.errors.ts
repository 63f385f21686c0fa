import { DomainError } from '../../common/errors/index.js';

/** There is no job with this id. */
export const jobNotFound = (): DomainError => new DomainError('JOB_NOT_FOUND', 'not_found', 'Job not found');

/** A run of the job is queued or under way. */
export const jobAlreadyRunning = (): DomainError =>
  new DomainError('JOB_ALREADY_RUNNING', 'conflict', 'The job is running already');

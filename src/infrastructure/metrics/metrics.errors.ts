import { DomainError } from '../../common/errors/index.js';

export const metricsTokenRequired = (): DomainError =>
  new DomainError('METRICS_TOKEN_REQUIRED', 'unauthenticated', 'The metrics need their bearer token');

export const metricsForbidden = (): DomainError =>
  new DomainError('METRICS_FORBIDDEN', 'forbidden', 'The metrics are open to this machine only');

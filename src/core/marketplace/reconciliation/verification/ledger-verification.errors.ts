import { DomainError } from '../../../../common/errors/index.js';

/** 503: PostgreSQL gave a check up; the hourly job has more time. */
export const ledgerVerificationTooLong = (cause: unknown): DomainError =>
  new DomainError(
    'LEDGER_VERIFICATION_TOO_LONG',
    'unavailable',
    'The ledger is too large to be verified within a request: POST /admin/jobs/ledger-verification/run does it, ' +
      'and what it finds stands on the exceptions list as ledger_imbalance',
    { cause },
  );

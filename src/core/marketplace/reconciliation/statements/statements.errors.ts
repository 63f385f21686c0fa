import { DomainError } from '../../../../common/errors/index.js';

/** 422: more movements than one answer carries. */
export const statementTooLong = (most: number): DomainError =>
  new DomainError(
    'STATEMENT_TOO_LONG',
    'unprocessable',
    `A statement has at most ${String(most)} entries: ask for a shorter period, or for the CSV of the ledger`,
  );

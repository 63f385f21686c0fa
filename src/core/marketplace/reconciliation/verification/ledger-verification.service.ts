import { Injectable } from '@nestjs/common';
import { Clock } from '../../../../common/time/index.js';
import { findPostgresError, Transactional } from '../../../../infrastructure/database/index.js';
import { type AccountBalance, type BookCheckResult, LedgerService } from '../../ledger/index.js';
import { PaymentExceptions } from '../../payments/index.js';
import { BUSINESS_CHECKS } from './ledger-checks.js';
import { ledgerVerificationTooLong } from './ledger-verification.errors.js';
import { LedgerVerificationsRepository } from './ledger-verifications.repository.js';

const KEPT_MS = 30 * 86_400_000;
const STATEMENT_CANCELED = '57014';

/** How long a check may take while nobody waits for it: the book only grows. */
export const BACKGROUND_STATEMENT_MS = 300_000;

/** What a verification found at one moment. */
export interface LedgerVerdict {
  checkedAt: Date;
  accounts: AccountBalance[];
  checks: BookCheckResult[];
  /** How many problems there are in all; each check names the first of its own. */
  problemCount: number;
}

/** Recomputes the book and holds it against the business rows that it is about (issue: money, 7). */
@Injectable()
export class LedgerVerification {
  constructor(
    private readonly ledger: LedgerService,
    private readonly verifications: LedgerVerificationsRepository,
    private readonly exceptions: PaymentExceptions,
    private readonly clock: Clock,
  ) {}

  /**
   * Every check is one statement; money may move between two of them, within one it cannot.
   * @param statementMs how long a check may take, in milliseconds; absent: DB_STATEMENT_TIMEOUT
   * @throws DomainError 503 `LEDGER_VERIFICATION_TOO_LONG` when one takes longer
   */
  async verify(statementMs?: number): Promise<LedgerVerdict> {
    const checkedAt = this.clock.now();
    try {
      const { accounts, checks: ownChecks } = await this.ledger.trialBalance(statementMs);
      const checks = [...ownChecks];
      for (const check of BUSINESS_CHECKS) checks.push(await this.ledger.check(check, statementMs));
      const problemCount = checks.reduce((sum, { count }) => sum + count, 0);
      return { checkedAt, accounts, checks, problemCount };
    } catch (error) {
      if (findPostgresError(error)?.code === STATEMENT_CANCELED) throw ledgerVerificationTooLong(error);
      throw error;
    }
  }

  /** Verifies, keeps the verdict for the metrics and puts problems on the exceptions list. */
  async verifyAndKeep(): Promise<LedgerVerdict> {
    const verdict = await this.verify(BACKGROUND_STATEMENT_MS);
    await this.keep(verdict);
    return verdict;
  }

  @Transactional()
  protected async keep({ checkedAt, problemCount, checks }: LedgerVerdict): Promise<void> {
    const found = checks.filter(({ count }) => count > 0);
    await this.verifications.insert({ checkedAt, problemCount, checks: found });
    await this.verifications.deleteBefore(new Date(checkedAt.getTime() - KEPT_MS));
    if (problemCount === 0) return;
    await this.exceptions.raise({
      kind: 'ledger_imbalance',
      provider: 'ledger',
      message: `The ledger has ${String(problemCount)} problems`,
      details: Object.fromEntries(found.map(({ name, problems }) => [name, problems])),
    });
  }
}

import { Injectable } from '@nestjs/common';
import { Clock } from '../../../../common/time/index.js';
import { Transactional } from '../../../../infrastructure/database/index.js';
import { type AccountBalance, type BookCheckResult, LedgerService } from '../../ledger/index.js';
import { PaymentExceptions } from '../../payments/index.js';
import { BUSINESS_CHECKS } from './ledger-checks.js';
import { LedgerVerificationsRepository } from './ledger-verifications.repository.js';

const KEPT_MS = 30 * 86_400_000;

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

  /** Every check is one statement; money may move between two of them, within one it cannot. */
  async verify(): Promise<LedgerVerdict> {
    const checkedAt = this.clock.now();
    const { accounts, checks: ownChecks } = await this.ledger.trialBalance();
    const checks = [...ownChecks];
    for (const check of BUSINESS_CHECKS) checks.push(await this.ledger.check(check));
    return { checkedAt, accounts, checks, problemCount: checks.reduce((sum, { count }) => sum + count, 0) };
  }

  /** Verifies, keeps the verdict for the metrics and puts problems on the exceptions list. */
  async verifyAndKeep(): Promise<LedgerVerdict> {
    const verdict = await this.verify();
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

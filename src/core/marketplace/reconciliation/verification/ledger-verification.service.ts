import { Injectable } from '@nestjs/common';
import { Clock } from '../../../../common/time/index.js';
import { type AccountBalance, type BookCheckResult, LedgerService } from '../../ledger/index.js';
import { BUSINESS_CHECKS } from './ledger-checks.js';

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
}

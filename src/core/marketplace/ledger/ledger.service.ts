import { Injectable } from '@nestjs/common';
import type { Paginated } from '../../../common/pagination/index.js';
import { Clock } from '../../../common/time/index.js';
import { Propagation, Transactional } from '../../../infrastructure/database/index.js';
import { LEDGER_CHECKS } from './ledger-checks.js';
import { BookChecksRepository } from './book-checks.repository.js';
import { LedgerRepository } from './ledger.repository.js';
import type {
  AccountBalance,
  BookCheck,
  BookCheckResult,
  LedgerEntryQuery,
  LedgerEntryRow,
  SellerBalance,
  TrialBalance,
} from './ledger.types.js';
import type { Posting } from './postings.js';

/**
 * The double-entry book of the marketplace (07 7.9.5). Nothing is ever changed or deleted; the database
 * refuses a transaction that does not sum to zero. Amounts are minor units.
 */
@Injectable()
export class LedgerService {
  constructor(
    private readonly ledger: LedgerRepository,
    private readonly checks: BookChecksRepository,
    private readonly clock: Clock,
  ) {}

  /**
   * Books a posting of `postings` in the caller's transaction, once per dedupe key.
   * @throws RangeError when the posting moves nothing
   */
  @Transactional(Propagation.Mandatory)
  async post(posting: Posting): Promise<'posted' | 'already_posted'> {
    if (posting.entries.length === 0) throw new RangeError(`Nothing to post: ${posting.dedupeKey}`);
    const createdAt = this.clock.now();
    const transactionId = await this.ledger.insertTransaction(posting, createdAt);
    if (transactionId === null) return 'already_posted';
    await this.ledger.insertEntries(transactionId, posting, createdAt);
    return 'posted';
  }

  /**
   * Locks what a seller is owed until the caller's transaction ends and answers it. Negative is debt
   * (07 7.9.5): the seller was paid for something that was refunded later.
   */
  @Transactional(Propagation.Mandatory)
  async lockPayable(sellerId: string, currency: string): Promise<number> {
    return this.ledger.lockPayable(sellerId, currency);
  }

  /** The balances of a seller, one row per currency ever used, sorted by currency. */
  async sellerBalances(sellerId: string): Promise<SellerBalance[]> {
    return this.ledger.sellerBalances(sellerId);
  }

  /** The lines on a seller's own accounts, newest first. */
  async listSellerEntries(sellerId: string, query: LedgerEntryQuery): Promise<Paginated<LedgerEntryRow>> {
    return this.ledger.listSellerEntries(sellerId, query);
  }

  /** The sums of all accounts, and what the book's own checks find. Reads every entry. @throws as {@link check} */
  async trialBalance(statementMs?: number): Promise<TrialBalance> {
    const checks: BookCheckResult[] = [];
    for (const check of LEDGER_CHECKS) checks.push(await this.check(check, statementMs));
    return {
      accounts: await this.balances(statementMs),
      checks,
      problems: checks.flatMap(({ problems }) => problems),
    };
  }

  /**
   * Runs a check of somebody who knows what the book should say of other rows.
   * @param statementMs how long PostgreSQL may take for it, in milliseconds; absent: DB_STATEMENT_TIMEOUT
   * @throws PostgreSQL's 57014 when it takes longer
   */
  @Transactional()
  async check(check: BookCheck, statementMs?: number): Promise<BookCheckResult> {
    if (statementMs !== undefined) await this.checks.allowStatements(statementMs);
    return this.checks.run(check);
  }

  @Transactional()
  protected async balances(statementMs?: number): Promise<AccountBalance[]> {
    if (statementMs !== undefined) await this.checks.allowStatements(statementMs);
    return this.checks.balances();
  }
}

import { Injectable } from '@nestjs/common';
import type { Paginated } from '../../../common/pagination/index.js';
import { Clock } from '../../../common/time/index.js';
import { Propagation, Transactional } from '../../../infrastructure/database/index.js';
import { LedgerRepository } from './ledger.repository.js';
import type { LedgerEntryRow, LedgerEntryQuery, SellerBalance, TrialBalance } from './ledger.types.js';
import type { Posting } from './postings.js';

/**
 * The double-entry book of the marketplace (07 7.9.5). Nothing is ever changed or deleted; the database
 * refuses a transaction that does not sum to zero. Amounts are minor units.
 */
@Injectable()
export class LedgerService {
  constructor(
    private readonly ledger: LedgerRepository,
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

  /** All accounts with the sum of their entries, and what does not agree (GET /admin/ledger/verify). */
  async trialBalance(): Promise<TrialBalance> {
    return this.ledger.trialBalance();
  }
}

import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/time/index.js';
import { Transactional } from '../../../infrastructure/database/index.js';
import { OutboxWriter } from '../../../infrastructure/events/index.js';
import { ConnectAccountsRepository } from './connect-accounts.repository.js';
import { PayoutProvider, type ConnectedAccount } from './payout-provider.js';
import { transferDue } from './payouts.events.js';
import { SellerTransfersRepository } from './seller-transfers.repository.js';

/** Keeps what the provider says about an account; a seller who becomes payable gets what waited (08 2.3). */
@Injectable()
export class AccountSnapshots {
  constructor(
    private readonly accounts: ConnectAccountsRepository,
    private readonly transfers: SellerTransfersRepository,
    private readonly provider: PayoutProvider,
    private readonly outbox: OutboxWriter,
    private readonly clock: Clock,
  ) {}

  /** Reads the account again; the order of events proves nothing. Outside any transaction. */
  async refresh(stripeAccountId: string): Promise<void> {
    await this.store(await this.provider.getAccount(stripeAccountId));
  }

  /** The account of a user who has none yet. @returns false when the user has another one */
  @Transactional()
  async attach(userId: string, account: ConnectedAccount): Promise<boolean> {
    await this.accounts.attach(userId, account.accountId, this.clock.now());
    const row = await this.accounts.findByUser(userId);
    if (row?.stripeAccountId !== account.accountId) return false;
    await this.store(account);
    return true;
  }

  /** Stores the snapshot and sends the seller's blocked transfers on their way. */
  @Transactional()
  async store(account: ConnectedAccount): Promise<void> {
    const now = this.clock.now();
    await this.accounts.saveSnapshot(account, now);
    if (!account.transfersEnabled) return;
    const row = await this.accounts.findByStripeAccount(account.accountId);
    if (!row) return;
    for (const transferId of await this.transfers.unblockReady(now, row.userId)) {
      await this.outbox.append(transferDue, { aggregateId: transferId, payload: { transferId } });
    }
  }
}

import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/time/index.js';
import { Transactional } from '../../../infrastructure/database/index.js';
import { OutboxWriter } from '../../../infrastructure/events/index.js';
import { ProviderRefusal } from '../payments/index.js';
import { ConnectAccountsRepository } from './connect-accounts.repository.js';
import { PayoutProvider, type ConnectedAccount } from './payout-provider.js';
import { transferDue } from './payouts.events.js';
import { SellerTransfersRepository } from './seller-transfers.repository.js';

const READ_TRIES = 5;

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

  /**
   * Reads the account again; the order of events proves nothing, and neither does the order of answers: one
   * that was overtaken on its way is asked for once more. Outside any transaction.
   */
  async refresh(stripeAccountId: string): Promise<void> {
    for (let tries = 1; tries < READ_TRIES; tries += 1) {
      const seen = (await this.accounts.findByStripeAccount(stripeAccountId))?.fetchedAt ?? null;
      if (await this.store(await this.read(stripeAccountId), seen)) return;
    }
    await this.store(await this.read(stripeAccountId));
  }

  /** What the provider says now; an account that it refuses to show took its permission back. */
  async read(stripeAccountId: string): Promise<ConnectedAccount> {
    try {
      return await this.provider.getAccount(stripeAccountId);
    } catch (error) {
      if (error instanceof ProviderRefusal) return disconnected(stripeAccountId);
      throw error;
    }
  }

  /**
   * The account of a user who has none yet. What was read of it meanwhile is newer than the answer to its
   * creation and stays. @returns false when the user has another one
   */
  @Transactional()
  async attach(userId: string, account: ConnectedAccount): Promise<boolean> {
    await this.accounts.attach(userId, account.accountId, this.clock.now());
    const row = await this.accounts.findByUser(userId);
    if (row?.stripeAccountId !== account.accountId) return false;
    await this.store(account, null);
    return true;
  }

  /**
   * Stores the snapshot and sends the seller's blocked transfers on their way.
   * @returns false when another one was stored since `seen`, and nothing was changed
   */
  @Transactional()
  async store(account: ConnectedAccount, seen?: Date | null): Promise<boolean> {
    const now = this.clock.now();
    if (!(await this.accounts.saveSnapshot(account, now, seen))) return false;
    if (!account.transfersEnabled) return true;
    const row = await this.accounts.findByStripeAccount(account.accountId);
    if (!row) return true;
    for (const transferId of await this.transfers.unblockReady(now, row.userId)) {
      await this.outbox.append(transferDue, { aggregateId: transferId, payload: { transferId } });
    }
    return true;
  }
}

/** An account that took its permission back: nothing can be sent to it. */
export const disconnected = (accountId: string): ConnectedAccount => ({
  accountId,
  transfersEnabled: false,
  payoutsEnabled: false,
  chargesEnabled: false,
  detailsSubmitted: false,
  requirements: { currentlyDue: [], pastDue: [], disabledReason: 'deauthorized', currentDeadline: null },
  userId: null,
});

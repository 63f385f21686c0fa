import { Injectable, type OnModuleInit } from '@nestjs/common';
import {
  type EventOutcome,
  type ProviderEvent,
  ProviderRefusal,
  WebhookHandlers,
} from '../payments/index.js';
import { AccountSnapshots } from './account-snapshots.service.js';
import { ConnectAccountsRepository } from './connect-accounts.repository.js';
import { type ConnectedAccount, PayoutProvider } from './payout-provider.js';

/** What the provider tells about connected accounts; the event is a hint, the account is read again (08 2.3). */
@Injectable()
export class AccountEvents implements OnModuleInit {
  constructor(
    private readonly handlers: WebhookHandlers,
    private readonly accounts: ConnectAccountsRepository,
    private readonly snapshots: AccountSnapshots,
    private readonly provider: PayoutProvider,
  ) {}

  onModuleInit(): void {
    this.handlers.register('account', (event) => this.apply(event));
  }

  /** `unmatched` when nobody here has the account; the inbox tries again. */
  async apply(event: ProviderEvent): Promise<EventOutcome> {
    const accountId = event.account ?? event.objectId;
    const known = await this.accounts.findByStripeAccount(accountId);
    if (event.eventType === 'account.application.deauthorized') {
      if (!known) return 'ignored';
      await this.snapshots.store(disconnected(accountId));
      return 'applied';
    }
    if (known) {
      await this.snapshots.refresh(accountId, () => this.read(accountId));
      return 'applied';
    }
    const account = await this.read(accountId);
    // The event may be faster than our own storing of the account (08 2.5).
    if (account.userId === null || !(await this.accounts.findByUser(account.userId))) return 'unmatched';
    return (await this.snapshots.attach(account.userId, account)) ? 'applied' : 'unmatched';
  }

  private async read(accountId: string): Promise<ConnectedAccount> {
    try {
      return await this.provider.getAccount(accountId);
    } catch (error) {
      if (error instanceof ProviderRefusal) return disconnected(accountId);
      throw error;
    }
  }
}

/** An account that took its permission back: nothing can be sent to it. */
const disconnected = (accountId: string): ConnectedAccount => ({
  accountId,
  transfersEnabled: false,
  payoutsEnabled: false,
  chargesEnabled: false,
  detailsSubmitted: false,
  requirements: { currentlyDue: [], pastDue: [], disabledReason: 'deauthorized', currentDeadline: null },
  userId: null,
});

import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type EventOutcome, type ProviderEvent, WebhookHandlers } from '../payments/index.js';
import { AccountSnapshots, disconnected } from './account-snapshots.service.js';
import { ConnectAccountsRepository } from './connect-accounts.repository.js';

/** What the provider tells about connected accounts; the event is a hint, the account is read again (08 2.3). */
@Injectable()
export class AccountEvents implements OnModuleInit {
  constructor(
    private readonly handlers: WebhookHandlers,
    private readonly accounts: ConnectAccountsRepository,
    private readonly snapshots: AccountSnapshots,
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
      await this.snapshots.refresh(accountId);
      return 'applied';
    }
    const account = await this.snapshots.read(accountId);
    // The event may be faster than our own storing of the account (08 2.5).
    if (account.userId === null || !(await this.accounts.findByUser(account.userId))) return 'unmatched';
    if (!(await this.snapshots.attach(account.userId, account))) return 'unmatched';
    await this.snapshots.refresh(accountId);
    return 'applied';
  }
}

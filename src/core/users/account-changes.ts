import { Injectable } from '@nestjs/common';

/** The channel on which a transaction announces the id of an account that it changed. */
export const ACCOUNT_CHANGED_CHANNEL = 'account_changed';

type AccountListener = (userId: string) => void;

/**
 * Tells the listeners in this process that an account's role, name or state has changed; other processes
 * hear of it by NOTIFY. So `users` needs not know who keeps copies of an account.
 */
@Injectable()
export class AccountChanges {
  private readonly listeners = new Set<AccountListener>();

  /** Calls the listener for every announcement from now on. */
  subscribe(listener: AccountListener): void {
    this.listeners.add(listener);
  }

  /** To be called after the commit. */
  announce(userId: string): void {
    for (const listener of this.listeners) listener(userId);
  }
}

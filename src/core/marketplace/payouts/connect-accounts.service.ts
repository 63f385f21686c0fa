import { setTimeout as pause } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../../common/time/index.js';
import { AppConfig } from '../../../infrastructure/config/index.js';
import { ProviderAmbiguous, ProviderRefusal, providerNotConfigured } from '../payments/index.js';
import { AccountSnapshots } from './account-snapshots.service.js';
import type { ConnectAccount } from './connect-account.entity.js';
import { ConnectAccountsRepository } from './connect-accounts.repository.js';
import { isKeyOld } from './idempotency-key-age.js';
import { PayoutProvider } from './payout-provider.js';
import { payoutProviderRefused, payoutProviderUnavailable } from './payouts.errors.js';

const CREATION_TRIES = 4;
const CREATION_PAUSE_MS = 250;

/** A seller's way to being paid: one account per user, its onboarding link, and what it still lacks (08 2.3). */
@Injectable()
export class ConnectAccountsService {
  private readonly logger = new Logger(ConnectAccountsService.name);

  constructor(
    private readonly accounts: ConnectAccountsRepository,
    private readonly snapshots: AccountSnapshots,
    private readonly provider: PayoutProvider,
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {}

  /**
   * A fresh single-use link to the provider's onboarding; the account is made on the first call. The link is
   * a secret and is stored nowhere. @throws 503 `PROVIDER_NOT_CONFIGURED`, `PAYOUT_PROVIDER_UNAVAILABLE`
   */
  async onboard(userId: string): Promise<{ url: string; expiresAt: Date }> {
    if (!this.provider.isConfigured()) throw providerNotConfigured(this.provider.name);
    const accountId = await this.getOrCreateAccount(userId);
    const base = `${this.config.publicAppUrl}/seller/connect`;
    return this.ask(() =>
      this.provider.createAccountLink(accountId, {
        returnUrl: `${base}/return`,
        refreshUrl: `${base}/refresh`,
      }),
    );
  }

  /** What the provider says now, or what it said last when it does not answer; null without an account. */
  async getStatus(userId: string): Promise<ConnectAccount | null> {
    const account = await this.accounts.findByUser(userId);
    if (account?.stripeAccountId == null || !this.provider.isConfigured()) return account;
    try {
      await this.snapshots.refresh(account.stripeAccountId);
    } catch (error) {
      this.logger.warn({ message: 'the connected account could not be read', user_id: userId, err: error });
    }
    return this.accounts.findByUser(userId);
  }

  private async getOrCreateAccount(userId: string): Promise<string> {
    await this.accounts.insertIfAbsent(userId, this.clock.now());
    for (let tries = 1; ; tries += 1) {
      const row = await this.accounts.findByUser(userId);
      if (row?.stripeAccountId != null) return row.stripeAccountId;
      try {
        if (row) await this.findOrCreate(row);
      } catch (error) {
        // Another click of the same user is at it with the same key: its answer is ours.
        if (!(error instanceof ProviderAmbiguous) || tries >= CREATION_TRIES) throw this.explain(error);
        await pause(CREATION_PAUSE_MS);
      }
    }
  }

  /** After a day the provider has forgotten the key, and would make a second account (08 finding 7). */
  private async findOrCreate({ userId, createdAt, creationEpoch }: ConnectAccount): Promise<void> {
    if (isKeyOld(createdAt, this.clock.now())) {
      const found = (await this.provider.findAccounts(new Set([userId]), createdAt)).get(userId);
      if (found) {
        await this.snapshots.attach(userId, found);
        return;
      }
    }
    await this.create(userId, creationEpoch);
  }

  /** Two clicks, one account: the key depends on nothing but the user (08 2.3). */
  private async create(userId: string, epoch: number): Promise<void> {
    const key = epoch === 0 ? `acct:${userId}` : `acct:${userId}:${String(epoch)}`;
    try {
      await this.snapshots.attach(userId, await this.provider.createAccount(userId, key));
    } catch (error) {
      if (error instanceof ProviderRefusal) {
        await this.accounts.raiseCreationEpoch(userId, epoch, this.clock.now());
      }
      throw error;
    }
  }

  private async ask<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw this.explain(error);
    }
  }

  private explain(error: unknown): unknown {
    if (error instanceof ProviderRefusal) return payoutProviderRefused(error);
    const isProviders = error instanceof Error && error.name.startsWith('Provider');
    return isProviders || (error instanceof Error && error.name === 'EmptyTransferIdError')
      ? payoutProviderUnavailable(error)
      : error;
  }
}

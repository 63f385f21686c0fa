import { Logger } from '@nestjs/common';
import { Clock } from '../../../../common/time/index.js';
import { ScheduledJob, type JobRun } from '../../../../infrastructure/scheduling/index.js';
import { AccountSnapshots } from '../account-snapshots.service.js';
import { ConnectAccountsRepository } from '../connect-accounts.repository.js';
import { PayoutProvider } from '../payout-provider.js';

const BATCH = 200;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** A blocked account is read again once a week, in case its event was lost (08 3.5). */
const READ_EVERY_MS = 7 * DAY_MS;
/** Younger intentions may still be on their way. */
const CREATION_GRACE_MS = 10 * MINUTE_MS;
/** Whoever did not finish within this time asks again by himself. */
const UNATTACHED_MS = 30 * DAY_MS;

/** Reads again what events may have lost: accounts that block transfers, and accounts that we never stored. */
@ScheduledJob({
  id: 'account-sweep',
  cron: '20 4 * * *',
  timeoutMs: 600_000,
  description:
    "Reads sellers' accounts that block transfers again once a week, and finds accounts whose creation was never stored.",
})
export class AccountSweepJob implements JobRun {
  private readonly logger = new Logger(AccountSweepJob.name);

  constructor(
    private readonly accounts: ConnectAccountsRepository,
    private readonly snapshots: AccountSnapshots,
    private readonly provider: PayoutProvider,
    private readonly clock: Clock,
  ) {}

  async run({ signal }: { signal: AbortSignal }): Promise<Record<string, number>> {
    if (!this.provider.isConfigured()) return { unconfigured: 1 };
    const nowMs = this.clock.now().getTime();
    const counts = { refreshed: 0, unreadable: 0, attached: 0 };
    const blocked = await this.accounts.findBlockedUnreadSince(new Date(nowMs - READ_EVERY_MS), BATCH);
    for (const accountId of blocked) {
      if (signal.aborted) return counts;
      counts[(await this.refresh(accountId)) ? 'refreshed' : 'unreadable'] += 1;
    }
    counts.attached = await this.attachLost(nowMs);
    return counts;
  }

  private async refresh(accountId: string): Promise<boolean> {
    try {
      await this.snapshots.refresh(accountId);
      return true;
    } catch (error) {
      this.logger.warn({ message: 'a blocked account could not be read', account_id: accountId, err: error });
      return false;
    }
  }

  /** A crash between the provider's answer and its storing leaves an account that nobody here knows. */
  private async attachLost(nowMs: number): Promise<number> {
    const rows = await this.accounts.findUnattached(
      new Date(nowMs - UNATTACHED_MS),
      new Date(nowMs - CREATION_GRACE_MS),
      BATCH,
    );
    const oldest = rows[0];
    if (!oldest) return 0;
    const since = new Date(oldest.createdAt.getTime() - MINUTE_MS);
    const found = await this.provider.findAccounts(new Set(rows.map((row) => row.userId)), since);
    let attached = 0;
    for (const [userId, account] of found) {
      if (await this.snapshots.attach(userId, account)) attached += 1;
    }
    return attached;
  }
}

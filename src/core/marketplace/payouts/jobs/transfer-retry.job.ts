import { Logger } from '@nestjs/common';
import { Clock } from '../../../../common/time/index.js';
import { ScheduledJob, type JobRun } from '../../../../infrastructure/scheduling/index.js';
import { OverduePayouts } from '../overdue-payouts.service.js';
import { ReversalSender } from '../reversal-sender.service.js';
import { SellerTransfersRepository } from '../seller-transfers.repository.js';
import { TransferReversalsRepository } from '../transfer-reversals.repository.js';
import { TransferSender } from '../transfer-sender.service.js';

const BATCH = 100;

/** One thing that is due: what happened to it, and whether our own credentials were refused. */
interface Step {
  count: string;
  isMisconfigured: boolean;
}

/**
 * Sends again what is due: unknown, failed and held-back transfers, and reversals (S0, 08 3.5). Each kind has
 * its own batch, so that none keeps another from its turn.
 */
@ScheduledJob({
  id: 'transfer-retry',
  cron: 'MONEY_SWEEP_CRON',
  timeoutMs: 300_000,
  description:
    'Looks unknown seller transfers up, sends due ones and reversals again, reports what is open too long; what a dead process was sending becomes unknown.',
})
export class TransferRetryJob implements JobRun {
  private readonly logger = new Logger(TransferRetryJob.name);

  constructor(
    private readonly transfers: SellerTransfersRepository,
    private readonly reversals: TransferReversalsRepository,
    private readonly sender: TransferSender,
    private readonly reversalSender: ReversalSender,
    private readonly overdue: OverduePayouts,
    private readonly clock: Clock,
  ) {}

  async run({ signal }: { signal: AbortSignal }): Promise<Record<string, number>> {
    const now = this.clock.now();
    const expired = await this.transfers.expireLeases(now);
    const unblocked = await this.transfers.unblockReady(now);
    const counts = new Map<string, number>([
      ['leases_expired', expired.length],
      ['unblocked', unblocked.length],
    ]);
    const batches = [
      { find: () => this.transfers.findDueToLookUp(now, BATCH), send: (id: string) => this.sendTransfer(id) },
      { find: () => this.transfers.findDueToSend(now, BATCH), send: (id: string) => this.sendTransfer(id) },
      { find: () => this.reversals.findDue(now, BATCH), send: (id: string) => this.sendReversal(id) },
    ];
    for (const { find, send } of batches) {
      for (const id of await find()) {
        if (signal.aborted) break;
        const { count, isMisconfigured } = await this.unlessBroken(id, send);
        counts.set(count, (counts.get(count) ?? 0) + 1);
        // Every further call would be refused as well and change nothing but its own next time (08 2.2).
        if (isMisconfigured) return Object.fromEntries(counts.set('stopped_misconfigured', 1));
      }
    }
    counts.set('reported_overdue', await this.overdue.report(BATCH));
    return Object.fromEntries(counts);
  }

  private async sendTransfer(id: string): Promise<Step> {
    const result = await this.sender.send(id, { trigger: 'job' });
    if ('skipped' in result) return { count: `skipped_${result.skipped}`, isMisconfigured: false };
    return { count: `transfers_${result.settledAs}`, isMisconfigured: result.isMisconfigured };
  }

  private async sendReversal(id: string): Promise<Step> {
    const result = await this.reversalSender.send(id);
    if ('skipped' in result) return { count: `reversals_${result.skipped}`, isMisconfigured: false };
    return { count: `reversals_${result.settledAs}`, isMisconfigured: result.isMisconfigured };
  }

  /** The longest due come first, so one that cannot be sent must not keep the others from their turn. */
  private async unlessBroken(id: string, send: (id: string) => Promise<Step>): Promise<Step> {
    try {
      return await send(id);
    } catch (error) {
      this.logger.error({ message: 'something due could not be sent again', id, err: error });
      return { count: 'broken', isMisconfigured: false };
    }
  }
}

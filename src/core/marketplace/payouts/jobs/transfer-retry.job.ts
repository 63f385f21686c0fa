import { Logger } from '@nestjs/common';
import { Clock } from '../../../../common/time/index.js';
import { ScheduledJob, type JobRun } from '../../../../infrastructure/scheduling/index.js';
import { ReversalSender } from '../reversal-sender.service.js';
import { SellerTransfersRepository } from '../seller-transfers.repository.js';
import { TransferReversalsRepository } from '../transfer-reversals.repository.js';
import { TransferSender } from '../transfer-sender.service.js';

const BATCH = 100;

/** Sends again what is due: failed, unknown and held-back transfers, and reversals (S0, 08 3.5). */
@ScheduledJob({
  id: 'transfer-retry',
  cron: 'MONEY_SWEEP_CRON',
  timeoutMs: 300_000,
  description:
    'Sends due seller transfers and reversals again; what a dead process was sending becomes unknown.',
})
export class TransferRetryJob implements JobRun {
  private readonly logger = new Logger(TransferRetryJob.name);

  constructor(
    private readonly transfers: SellerTransfersRepository,
    private readonly reversals: TransferReversalsRepository,
    private readonly sender: TransferSender,
    private readonly reversalSender: ReversalSender,
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
    const count = (name: string): void => void counts.set(name, (counts.get(name) ?? 0) + 1);
    for (const id of await this.transfers.findDue(now, BATCH)) {
      if (signal.aborted) break;
      count(await this.unlessBroken('transfer', id, () => this.sendTransfer(id)));
    }
    for (const id of await this.reversals.findDue(now, BATCH)) {
      if (signal.aborted) break;
      count(await this.unlessBroken('reversal', id, () => this.sendReversal(id)));
    }
    return Object.fromEntries(counts);
  }

  private async sendTransfer(id: string): Promise<string> {
    const result = await this.sender.send(id, { trigger: 'job' });
    return 'skipped' in result ? `skipped_${result.skipped}` : `transfers_${result.settledAs}`;
  }

  private async sendReversal(id: string): Promise<string> {
    return `reversals_${await this.reversalSender.send(id)}`;
  }

  /** The longest due come first, so one that cannot be sent must not keep the others from their turn. */
  private async unlessBroken(what: string, id: string, send: () => Promise<string>): Promise<string> {
    try {
      return await send();
    } catch (error) {
      this.logger.error({ message: `a ${what} could not be sent again`, [`${what}_id`]: id, err: error });
      return `${what}s_broken`;
    }
  }
}

import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/time/index.js';
import { Transactional } from '../../../infrastructure/database/index.js';
import { PaymentExceptions } from '../payments/index.js';
import { reversalCase } from './reversal-case.js';
import { SellerTransfersRepository } from './seller-transfers.repository.js';
import { TransferReversalsRepository } from './transfer-reversals.repository.js';

const HOUR_MS = 3_600_000;
const UNKNOWN_LIMIT_MS = 24 * HOUR_MS;
/** The last step of 08 3.5 for a balance that is too short. */
const SHORT_LIMIT_MS = 10 * 24 * HOUR_MS;

/** Puts on the exceptions list what is open longer than its limit; the attempts go on (08 3.5, I11). */
@Injectable()
export class OverduePayouts {
  constructor(
    private readonly transfers: SellerTransfersRepository,
    private readonly reversals: TransferReversalsRepository,
    private readonly exceptions: PaymentExceptions,
    private readonly clock: Clock,
  ) {}

  /** @returns how many were reported, each once until its outcome is known */
  async report(limit: number): Promise<number> {
    const nowMs = this.clock.now().getTime();
    const unknownBefore = new Date(nowMs - UNKNOWN_LIMIT_MS);
    const shortBefore = new Date(nowMs - SHORT_LIMIT_MS);
    const transferIds = await this.transfers.findOverdue({ unknownBefore, shortBefore }, limit);
    const reversalIds = await this.reversals.findOverdue(unknownBefore, limit);
    for (const id of transferIds) await this.reportTransfer(id);
    for (const id of reversalIds) await this.reportReversal(id);
    return transferIds.length + reversalIds.length;
  }

  @Transactional()
  protected async reportTransfer(id: string): Promise<void> {
    const transfer = await this.transfers.findForUpdate(id);
    if (!transfer || (transfer.unknownSince === null && transfer.shortSince === null)) return;
    await this.transfers.update(id, { overdueReportedAt: this.clock.now() });
    const isUnknown = transfer.outcomeUnknown;
    await this.exceptions.raise({
      kind: isUnknown ? 'transfer_unknown' : 'transfer_short',
      provider: 'stripe',
      orderId: transfer.orderId,
      transferId: id,
      message: isUnknown
        ? 'The outcome of the transfer has been unknown for more than 24 hours'
        : 'The balance at the provider has been too short for the transfer for more than 10 days',
    });
  }

  @Transactional()
  protected async reportReversal(id: string): Promise<void> {
    const reversal = await this.reversals.findForUpdate(id);
    if (reversal === null || reversal.unknownSince === null) return;
    await this.reversals.update(id, { overdueReportedAt: this.clock.now() });
    await this.exceptions.raise({
      kind: 'reversal_unknown',
      provider: 'stripe',
      orderId: (await this.transfers.find(reversal.transferId))?.orderId,
      ...reversalCase(reversal),
      message: 'The outcome of the reversal has been unknown for more than 24 hours',
    });
  }
}

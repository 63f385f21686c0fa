import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/time/index.js';
import { AppConfig } from '../../../infrastructure/config/index.js';
import { Transactional } from '../../../infrastructure/database/index.js';
import { AuditWriter } from '../../audit/index.js';
import { UsersService } from '../../users/index.js';
import { TransferPauseDto, type TransferPausesDto } from './dto/transfer-pause.dto.js';
import { sellerNotFound, transfersAlreadyPaused, transfersNotPaused } from './payouts.errors.js';
import { TransferPausesRepository } from './transfer-pauses.repository.js';

/** Who pauses or resumes what, and why. */
export interface PauseRequest {
  /** Null pauses or resumes the transfers to all sellers. */
  sellerId: string | null;
  adminId: string;
  reason: string;
}

const LONGEST_LIST = 500;

/**
 * Stops the sending of transfers. What was claimed before the pause was answered may still arrive; nothing is
 * claimed after it. Outcomes are looked up and reversals sent all the same (issue: money, 8).
 */
@Injectable()
export class TransferPauses {
  constructor(
    private readonly pauses: TransferPausesRepository,
    private readonly users: UsersService,
    private readonly audit: AuditWriter,
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {}

  /** What is paused now: the pause for all sellers first, then the newest. */
  async list(): Promise<TransferPausesDto> {
    return {
      paused_by_configuration: this.config.get('TRANSFERS_PAUSED'),
      pauses: (await this.pauses.listOpen(LONGEST_LIST)).map((pause) => TransferPauseDto.of(pause)),
    };
  }

  /** @throws DomainError 404 `SELLER_NOT_FOUND`, 409 `TRANSFERS_ALREADY_PAUSED` */
  @Transactional()
  async pause({ sellerId, adminId, reason }: PauseRequest): Promise<TransferPausesDto> {
    await this.assertSeller(sellerId);
    await this.pauses.lock();
    if (await this.pauses.findOpen(sellerId)) throw transfersAlreadyPaused();
    const pausedAt = this.clock.now();
    await this.pauses.insert({ sellerId, reason, pausedBy: adminId, pausedAt });
    await this.record('transfers.pause', { sellerId, reason, isPaused: true });
    return this.list();
  }

  /** @throws DomainError 404 `SELLER_NOT_FOUND`, 409 `TRANSFERS_NOT_PAUSED` */
  @Transactional()
  async resume({ sellerId, adminId, reason }: PauseRequest): Promise<TransferPausesDto> {
    await this.assertSeller(sellerId);
    await this.pauses.lock();
    const pause = await this.pauses.findOpen(sellerId);
    if (!pause) throw transfersNotPaused();
    await this.pauses.end(pause.id, { by: adminId, at: this.clock.now() });
    await this.record('transfers.resume', { sellerId, reason, isPaused: false });
    return this.list();
  }

  private async assertSeller(sellerId: string | null): Promise<void> {
    if (sellerId === null) return;
    if (!(await this.users.findPublicByIds([sellerId])).has(sellerId)) throw sellerNotFound();
  }

  private async record(
    action: string,
    { sellerId, reason, isPaused }: { sellerId: string | null; reason: string; isPaused: boolean },
  ): Promise<void> {
    await this.audit.record({
      action,
      resourceType: sellerId === null ? 'transfers' : 'seller',
      resourceId: sellerId ?? undefined,
      details: { reason },
      oldValues: { paused: !isPaused },
      newValues: { paused: isPaused },
    });
  }
}

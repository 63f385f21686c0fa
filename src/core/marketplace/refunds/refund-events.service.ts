import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AppConfig } from '../../../infrastructure/config/index.js';
import { type EventOutcome, type ProviderEvent, WebhookHandlers } from '../payments/index.js';
import { ExternalRefunds } from './external-refunds.service.js';
import { RefundSettlement } from './refund-settlement.service.js';
import { RefundsRepository } from './refunds.repository.js';

/** Hangs the reducer into the inbox, which knows nothing of refunds (architecture.md). */
@Injectable()
export class RefundEvents implements OnModuleInit {
  constructor(
    private readonly handlers: WebhookHandlers,
    private readonly refunds: RefundsRepository,
    private readonly externals: ExternalRefunds,
    private readonly settlement: RefundSettlement,
    private readonly config: AppConfig,
  ) {}

  onModuleInit(): void {
    this.handlers.register('refund', (event) => this.apply(event));
  }

  /**
   * Applies a verified report once. An id that is none of ours is a refund of the provider's dashboard when its
   * payment is ours, else `unmatched` (07 7.9.4).
   */
  private async apply(event: ProviderEvent): Promise<EventOutcome> {
    const isBinding = event.source === 'webhook' || this.config.get('REFUND_POLL_AUTHORITATIVE');
    const known = await this.refunds.findByPspRefundId(event.objectId);
    if (known !== null) return this.settlement.reduce(known, event, { isBinding });
    const adopted = await this.externals.adopt(event);
    if (typeof adopted === 'string') return adopted;
    const outcome = await this.settlement.reduce(adopted, event, { isBinding });
    return outcome === 'ignored' ? 'applied' : outcome;
  }
}

import { Injectable, type OnModuleInit } from '@nestjs/common';
import { WebhookHandlers } from '../payments/index.js';
import { RefundSettlement } from './refund-settlement.service.js';

/** Hangs the reducer into the inbox, which knows nothing of refunds (architecture.md). */
@Injectable()
export class RefundEvents implements OnModuleInit {
  constructor(
    private readonly handlers: WebhookHandlers,
    private readonly settlement: RefundSettlement,
  ) {}

  onModuleInit(): void {
    this.handlers.register('refund', (event) => this.settlement.apply(event));
  }
}

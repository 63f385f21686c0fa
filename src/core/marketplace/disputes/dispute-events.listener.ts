import { Injectable, type OnModuleInit } from '@nestjs/common';
import { WebhookHandlers } from '../payments/index.js';
import { DisputeSettlement } from './dispute-settlement.service.js';

/** Hangs the reducer into the inbox, which knows nothing of disputes (architecture.md). */
@Injectable()
export class DisputeEventsListener implements OnModuleInit {
  constructor(
    private readonly handlers: WebhookHandlers,
    private readonly settlement: DisputeSettlement,
  ) {}

  onModuleInit(): void {
    this.handlers.register('dispute', (event) => this.settlement.apply(event));
  }
}

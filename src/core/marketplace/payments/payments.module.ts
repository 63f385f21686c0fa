import { Module } from '@nestjs/common';
import { AuditModule } from '../../audit/index.js';
import { ApplyWebhookHandler } from './apply-webhook.handler.js';
import { HyperswitchBooks } from './hyperswitch/hyperswitch-books.js';
import { HyperswitchClient } from './hyperswitch/hyperswitch-client.js';
import { HyperswitchProvider } from './hyperswitch/hyperswitch.provider.js';
import { PaymentBooks } from './payment-books.js';
import { PaymentExceptionsRepository } from './payment-exceptions.repository.js';
import { PaymentExceptions } from './payment-exceptions.service.js';
import { PaymentProvider } from './payment-provider.js';
import { PaymentsAdminController } from './payments.admin.controller.js';
import { PolledEvents } from './polled-events.service.js';
import { WebhookEventsRepository } from './webhook-events.repository.js';
import { WebhookHandlers } from './webhook-handlers.js';
import { WebhookInbox } from './webhook-inbox.service.js';
import { WebhookOutcomes } from './webhook-outcomes.service.js';
import { WebhookVerifier } from './webhook-verifier.js';
import { WebhooksController } from './webhooks.controller.js';

/** The payment provider, its webhooks and the exceptions list; knows neither orders nor refunds. */
@Module({
  imports: [AuditModule],
  controllers: [WebhooksController, PaymentsAdminController],
  providers: [
    HyperswitchClient,
    { provide: PaymentProvider, useClass: HyperswitchProvider },
    { provide: PaymentBooks, useClass: HyperswitchBooks },
    PaymentExceptions,
    PaymentExceptionsRepository,
    PolledEvents,
    WebhookVerifier,
    WebhookInbox,
    WebhookEventsRepository,
    WebhookHandlers,
    WebhookOutcomes,
    ApplyWebhookHandler,
  ],
  exports: [PaymentBooks, PaymentProvider, PaymentExceptions, PolledEvents, WebhookHandlers],
})
export class PaymentsModule {}

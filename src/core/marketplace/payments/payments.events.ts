import { defineEvent } from '../../../infrastructure/events/index.js';

/** A provider's message was verified and stored; now it is applied (07 7.9.4). */
export const webhookReceived = defineEvent<{ webhookEventId: string }>({
  type: 'webhook.received',
  handlers: ['payments.apply-webhook'],
});

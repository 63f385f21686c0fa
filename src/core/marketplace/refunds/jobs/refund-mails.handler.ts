import {
  OutboxHandler,
  type DeliveredEvent,
  type EventHandler,
} from '../../../../infrastructure/events/index.js';
import { RefundMails } from '../refund-mails.service.js';
import { refundFailed, refundSucceeded, type RefundSettled } from '../refunds.events.js';

/** Tells the buyer that the money is on its way. */
@OutboxHandler(refundSucceeded, 'refunds.send-success-mail')
export class RefundSucceededMailHandler implements EventHandler<RefundSettled> {
  constructor(private readonly mails: RefundMails) {}

  async handle({ payload }: DeliveredEvent<RefundSettled>): Promise<void> {
    await this.mails.send('refund-succeeded', payload);
  }
}

/** Tells the buyer that the refund did not work and can be asked for again. */
@OutboxHandler(refundFailed, 'refunds.send-failure-mail')
export class RefundFailedMailHandler implements EventHandler<RefundSettled> {
  constructor(private readonly mails: RefundMails) {}

  async handle({ payload }: DeliveredEvent<RefundSettled>): Promise<void> {
    await this.mails.send('refund-failed', payload);
  }
}

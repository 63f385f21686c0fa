import { Logger } from '@nestjs/common';
import {
  OutboxHandler,
  RetryLater,
  type DeliveredEvent,
  type EventHandler,
} from '../../../../infrastructure/events/index.js';
import { RefundSubmission } from '../refund-submission.service.js';
import { refundRequested } from '../refunds.events.js';

const UNKNOWN_SECONDS = [2, 5, 15, 60, 300] as const;
const MISCONFIGURED_SECONDS = 300;

/** Delivers a refund to the provider until there is a definite answer, with one id (07 7.9.1, 7.9.2). */
@OutboxHandler(refundRequested, 'refunds.submit', {
  lane: 'money',
  maxAttempts: 'unlimited',
  backoff: UNKNOWN_SECONDS,
})
export class SubmitRefundHandler implements EventHandler<{ refundId: string }> {
  private readonly logger = new Logger(SubmitRefundHandler.name);

  constructor(private readonly submission: RefundSubmission) {}

  async handle({ payload }: DeliveredEvent<{ refundId: string }>): Promise<void> {
    const submittedAs = await this.submission.submit(payload.refundId);
    if (submittedAs === 'misconfigured') {
      this.logger.error({
        message: 'a refund waits for working provider credentials',
        refund_id: payload.refundId,
      });
      throw new RetryLater(MISCONFIGURED_SECONDS, 'the provider is misconfigured');
    }
    if (submittedAs === 'unknown') throw new Error('Nobody knows whether the refund arrived');
  }
}

import {
  OutboxHandler,
  RetryLater,
  type DeliveredEvent,
  type EventHandler,
} from '../../../../infrastructure/events/index.js';
import { transferReversalRequested } from '../payouts.events.js';
import { ReversalSender } from '../reversal-sender.service.js';

const UNKNOWN_SECONDS = 10;

/** Takes a transfer back; asked again until the provider gives a definite answer (07 7.9.6). */
@OutboxHandler(transferReversalRequested, 'payouts.send-reversal', {
  lane: 'money',
  maxAttempts: 'unlimited',
})
export class SendReversalHandler implements EventHandler<{ reversalId: string }> {
  constructor(private readonly sender: ReversalSender) {}

  async handle({ payload }: DeliveredEvent<{ reversalId: string }>): Promise<void> {
    const settledAs = await this.sender.send(payload.reversalId);
    if (settledAs === 'unknown')
      throw new RetryLater(UNKNOWN_SECONDS, 'the outcome of the reversal is unknown');
  }
}

import {
  OutboxHandler,
  RetryLater,
  type DeliveredEvent,
  type EventHandler,
} from '../../../../infrastructure/events/index.js';
import { transferReversalRequested } from '../payouts.events.js';
import { ReversalSender } from '../reversal-sender.service.js';

const WAITING_SECONDS = 5;
const UNKNOWN_SECONDS = [10, 30, 120, 600, 3_600] as const;

/** Takes a transfer back; asked again until the provider gives a definite answer (07 7.9.6). */
@OutboxHandler(transferReversalRequested, 'payouts.send-reversal', {
  lane: 'money',
  maxAttempts: 'unlimited',
  backoff: UNKNOWN_SECONDS,
})
export class SendReversalHandler implements EventHandler<{ reversalId: string }> {
  constructor(private readonly sender: ReversalSender) {}

  async handle({ payload }: DeliveredEvent<{ reversalId: string }>): Promise<void> {
    const result = await this.sender.send(payload.reversalId);
    if ('skipped' in result) {
      if (result.skipped !== 'waiting') return;
      throw new RetryLater(WAITING_SECONDS, 'a sale that repays the same debt is on its way');
    }
    if (result.settledAs === 'unknown') throw new Error('The outcome of the reversal is unknown');
  }
}

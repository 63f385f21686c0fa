import {
  OutboxHandler,
  RetryLater,
  type DeliveredEvent,
  type EventHandler,
} from '../../../../infrastructure/events/index.js';
import { transferDue } from '../payouts.events.js';
import { TransferSender } from '../transfer-sender.service.js';

const IN_FLIGHT_SECONDS = 15;

/** Sends a transfer that is due; what fails is tried again by the retry job at its time. */
@OutboxHandler(transferDue, 'payouts.send-transfer', { lane: 'money', maxAttempts: 'unlimited' })
export class SendTransferHandler implements EventHandler<{ transferId: string }> {
  constructor(private readonly sender: TransferSender) {}

  async handle({ payload }: DeliveredEvent<{ transferId: string }>): Promise<void> {
    const result = await this.sender.send(payload.transferId, { trigger: 'completion' });
    // Another process has it, or had it when it was killed: look again when its lease must have ended.
    if ('skipped' in result && result.skipped === 'in_flight') {
      throw new RetryLater(IN_FLIGHT_SECONDS, 'the transfer is being sent');
    }
  }
}

import { DomainError } from '../../../../../common/errors/index.js';
import {
  OutboxHandler,
  type DeliveredEvent,
  type EventHandler,
} from '../../../../../infrastructure/events/index.js';
import { ReconciliationRun } from '../reconciliation-run.service.js';
import { reconciliationRequested } from '../reports.events.js';

const BACKOFF_SECONDS = [5, 60, 300, 900];
const ATTEMPTS = BACKOFF_SECONDS.length + 1;

/** Makes a report; a provider that does not answer is asked again for about twenty minutes. */
@OutboxHandler(reconciliationRequested, 'reconciliation.make-report', {
  maxAttempts: ATTEMPTS,
  backoff: BACKOFF_SECONDS,
})
export class MakeReportHandler implements EventHandler<{ reportId: string; attempt: number }> {
  constructor(private readonly run: ReconciliationRun) {}

  async handle({
    payload,
    attempt,
    signal,
  }: DeliveredEvent<{ reportId: string; attempt: number }>): Promise<void> {
    try {
      await this.run.make(payload.reportId, payload.attempt, signal);
    } catch (error) {
      if (attempt < ATTEMPTS) throw error;
      await this.run.giveUp(payload.reportId, payload.attempt, codeOf(error));
    }
  }
}

/** A provider's words stay in the log (08 3.8.13). */
const codeOf = (error: unknown): string =>
  error instanceof DomainError ? error.code : 'PROVIDER_BOOKS_NOT_READABLE';

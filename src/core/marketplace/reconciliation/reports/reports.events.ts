import { defineEvent } from '../../../../infrastructure/events/index.js';

/** A report is to be made; aggregate id is the report's. An older attempt is made no more. */
export const reconciliationRequested = defineEvent<{ reportId: string; attempt: number }>({
  type: 'reconciliation.requested',
  handlers: ['reconciliation.make-report'],
});

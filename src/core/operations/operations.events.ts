import { defineEvent } from '../../infrastructure/events/index.js';

/** An administrator asked for a run of a job; a working process begins it. */
export const jobRunRequested = defineEvent<{ run_id: string }>({
  type: 'job.run_requested',
  handlers: ['operations.start-job-run'],
});

import '../../src/app.module.js';
import { isVariableName, variables } from '../../src/infrastructure/config/index.js';
import { declaredJobs } from '../../src/infrastructure/scheduling/index.js';
import type { Artefact } from './artefact.js';
import { markdownTable } from './markdown.js';

const INTRODUCTION = `# Scheduled jobs

<!-- Generated from the \`@ScheduledJob\` decorators by \`npm run generate\`; do not edit. -->

Jobs run in processes with \`PROCESS_ROLE=all\` or \`worker\`. The database decides which process runs a tick, so
each tick runs once however many processes there are, and no run of a job overlaps another one. Schedules are
in UTC. \`JOBS_ENABLED=false\` switches the schedules of a process off.

A run is told to stop at its timeout and shows as \`timed_out\` when it has really ended. The run of a process
that died shows as \`abandoned\` after \`JOB_LEASE\`, and the next tick goes on: every job is idempotent.

\`GET /api/v1/admin/jobs\` shows each job with its newest run and the counts that it reported;
\`POST /api/v1/admin/jobs/:id/run\` runs one by hand. Both are for administrators.
`;

/** \`docs/jobs.md\`: every scheduled job of the product. */
export function renderJobsDoc(): string {
  const rows = declaredJobs().map(({ id, cron, timeoutMs, description }) => [
    `\`${id}\``,
    schedule(cron),
    `${String(timeoutMs / 1_000)} s`,
    description,
  ]);
  return `${INTRODUCTION}\n${markdownTable(['Job', 'Schedule', 'Timeout', 'What it does'], rows)}`;
}

/** A schedule that the operator chooses shows its default and the variable. */
function schedule(cron: string): string {
  if (!isVariableName(cron)) return `\`${cron}\``;
  return `\`${String(variables[cron].default)}\` (\`${cron}\`)`;
}

export const jobsDocArtefact: Artefact = {
  path: 'docs/jobs.md',
  render: () => Promise.resolve(renderJobsDoc()),
};

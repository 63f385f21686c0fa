export {
  ScheduledJob,
  declaredJobs,
  type JobRun,
  type JobRunContext,
  type ScheduledJobOptions,
} from './scheduled-job.js';
export { ScheduledJobs, type JobOverview } from './scheduled-jobs.js';
export type { JobRunRecord, JobRunStatus } from './job-run.js';
export { SchedulingModule } from './scheduling.module.js';

import { Injectable } from '@nestjs/common';
import { Transactional } from '../../infrastructure/database/index.js';
import { OutboxWriter } from '../../infrastructure/events/index.js';
import { ScheduledJobs, type JobOverview, type JobRunRecord } from '../../infrastructure/scheduling/index.js';
import { AuditWriter } from '../audit/index.js';
import { jobRunRequested } from './operations.events.js';

/** What operators may do with scheduled jobs. */
@Injectable()
export class JobOperationsService {
  constructor(
    private readonly jobs: ScheduledJobs,
    private readonly outbox: OutboxWriter,
    private readonly audit: AuditWriter,
  ) {}

  /** Every job with its next tick and its newest run. */
  list(): Promise<JobOverview[]> {
    return this.jobs.list();
  }

  /**
   * Queues a run, which a process of the role `all` or `worker` begins after the commit.
   * @throws DomainError JOB_NOT_FOUND, JOB_ALREADY_RUNNING
   */
  @Transactional()
  async requestRun(jobId: string): Promise<JobRunRecord> {
    const run = await this.jobs.requestRun(jobId);
    await this.outbox.append(jobRunRequested, { aggregateId: `job:${jobId}`, payload: { run_id: run.id } });
    await this.audit.record({
      action: 'job.run_requested',
      resourceType: 'job',
      resourceId: jobId,
      details: { run_id: run.id },
    });
    return run;
  }
}

import { Global, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { ScheduleModule } from '@nestjs/schedule';
import { JobRegistry } from './job-registry.js';
import { JobRunner } from './job-runner.js';
import { JobRunsRepository } from './job-runs.repository.js';
import { JobScheduler } from './job-scheduler.js';
import { JobRunRetentionJob } from './jobs/job-run-retention.job.js';
import { ScheduledJobs } from './scheduled-jobs.js';

/** Scheduled jobs: one winner per tick across processes, with a history in the database. */
@Global()
@Module({
  imports: [DiscoveryModule, ScheduleModule.forRoot()],
  providers: [JobRegistry, JobRunsRepository, JobRunner, JobScheduler, ScheduledJobs, JobRunRetentionJob],
  exports: [ScheduledJobs],
})
export class SchedulingModule {}

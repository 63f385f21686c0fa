import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { Clock } from '../../common/time/index.js';
import { AppConfig, isVariableName } from '../config/index.js';
import { JobSchedule } from './job-schedule.js';
import { declaredJobs, findJobOptions, type JobRun, type ScheduledJobOptions } from './scheduled-job.js';

/** A job that exists in this process; its cron is the expression, wherever that is written. */
export interface RegisteredJob extends ScheduledJobOptions {
  readonly job: JobRun;
  readonly schedule: JobSchedule;
}

/**
 * Checks jobs that were found.
 * @throws Error that lists every problem; the boot fails with it
 */
export function bindJobs(
  declared: readonly ScheduledJobOptions[],
  found: readonly (ScheduledJobOptions & { job: JobRun })[],
  since: Date,
): ReadonlyMap<string, RegisteredJob> {
  const problems: string[] = [];
  const jobs = new Map<string, RegisteredJob>();
  for (const job of found) {
    if (jobs.has(job.id)) problems.push(`Two jobs have the id "${job.id}".`);
    if (!(job.timeoutMs > 0)) problems.push(`The job "${job.id}" has no timeout.`);
    try {
      jobs.set(job.id, { ...job, schedule: new JobSchedule(job.cron, since) });
    } catch {
      problems.push(`The job "${job.id}" has the cron expression "${job.cron}", which is none.`);
    }
  }
  for (const { id } of declared) {
    if (!jobs.has(id)) problems.push(`The job "${id}" is declared, but no module provides it.`);
  }
  if (problems.length > 0) throw new Error(`The scheduled jobs are not right. ${problems.join(' ')}`);
  return jobs;
}

/** The scheduled jobs of this process, found by their decorator and checked at boot. */
@Injectable()
export class JobRegistry implements OnModuleInit {
  private jobs: ReadonlyMap<string, RegisteredJob> = new Map();

  constructor(
    private readonly discovery: DiscoveryService,
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {}

  /** Runs the boot check. @throws Error when an id is taken twice or a schedule is none */
  onModuleInit(): void {
    const found = this.discovery.getProviders().flatMap(({ metatype, instance }) => {
      const options = typeof metatype === 'function' ? findJobOptions(metatype) : null;
      if (!options) return [];
      return [{ ...options, cron: this.cronOf(options), job: instance as JobRun }];
    });
    this.jobs = bindJobs(declaredJobs(), found, this.clock.now());
  }

  /** The job with the id, or null. */
  findJob(id: string): RegisteredJob | null {
    return this.jobs.get(id) ?? null;
  }

  /** Every job, by id. */
  all(): RegisteredJob[] {
    return [...this.jobs.values()].sort((a, b) => a.id.localeCompare(b.id));
  }

  private cronOf({ cron }: ScheduledJobOptions): string {
    return isVariableName(cron) ? String(this.config.get(cron)) : cron;
  }
}

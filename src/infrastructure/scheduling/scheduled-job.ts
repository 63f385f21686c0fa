import { Injectable } from '@nestjs/common';

/** What a run gets. */
export interface JobRunContext {
  /** Aborted at the timeout, when the lease was lost, and when the process stops. Long loops look at it. */
  readonly signal: AbortSignal;
  /** The tick that the run stands for, not the moment at which it began. */
  readonly scheduledAt: Date;
}

/** A scheduled job. It must be idempotent: a run may be cut off at any point and the next one goes on. */
export interface JobRun {
  /** @returns counts for the log and the run history, such as `{ cleaned: 3, failed: 0 }` */
  run(context: JobRunContext): Promise<Record<string, number>>;
}

/** What `@ScheduledJob` says of a job. */
export interface ScheduledJobOptions {
  /** Stable kebab-case name. */
  id: string;
  /** Cron expression with five or six fields, in UTC, or the name of the variable that holds it. */
  cron: string;
  /** The run is told to stop after this time, in milliseconds. */
  timeoutMs: number;
  /** One sentence for operators. */
  description: string;
}

const METADATA = Symbol('scheduled job');
const catalogue: ScheduledJobOptions[] = [];

/** Marks an injectable class in a module's `jobs/` as a scheduled job; one process runs each tick. */
export function ScheduledJob(options: ScheduledJobOptions) {
  const job = Object.freeze({ ...options });
  catalogue.push(job);
  return (target: new (...args: never[]) => JobRun): void => {
    Injectable()(target);
    Reflect.defineMetadata(METADATA, job, target);
  };
}

/** What {@link ScheduledJob} left on a class, or null. */
export const findJobOptions = (target: object): ScheduledJobOptions | null =>
  (Reflect.getOwnMetadata(METADATA, target) as ScheduledJobOptions | undefined) ?? null;

/** Every job that the loaded modules declare, by id. */
export const declaredJobs = (): ScheduledJobOptions[] =>
  [...catalogue].sort((a, b) => a.id.localeCompare(b.id));

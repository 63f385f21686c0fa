import { ApiProperty } from '@nestjs/swagger';
import type { JobOverview, JobRunRecord } from '../../../infrastructure/scheduling/index.js';

/** One run of a job. */
export class JobRunDto {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ example: 'orphan-track-cleanup' })
  job_id: string;

  @ApiProperty({ enum: ['schedule', 'manual'] })
  trigger: 'schedule' | 'manual';

  @ApiProperty({ enum: ['queued', 'running', 'succeeded', 'failed', 'timed_out', 'abandoned'] })
  status: string;

  @ApiProperty({ type: String, format: 'date-time', description: 'The tick that the run stands for' })
  scheduled_at: Date;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  started_at: Date | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  finished_at: Date | null;

  @ApiProperty({ type: Object, nullable: true, example: { cleaned: 3 } })
  counts: Record<string, number> | null;

  @ApiProperty({ type: String, nullable: true })
  error: string | null;

  /** The run as the API shows it. */
  static of(run: JobRunRecord): JobRunDto {
    return {
      id: run.id,
      job_id: run.jobId,
      trigger: run.trigger,
      status: run.status,
      scheduled_at: run.scheduledAt,
      started_at: run.startedAt,
      finished_at: run.finishedAt,
      counts: run.counts,
      error: run.error,
    };
  }
}

/** A scheduled job. */
export class JobDto {
  @ApiProperty({ example: 'orphan-track-cleanup' })
  id: string;

  @ApiProperty({ example: '0 * * * *', description: 'In UTC' })
  cron: string;

  @ApiProperty()
  description: string;

  @ApiProperty({ type: 'integer', description: 'A run is told to stop after this time, in milliseconds' })
  timeout_ms: number;

  @ApiProperty({ type: String, format: 'date-time' })
  next_run_at: Date;

  @ApiProperty({ type: JobRunDto, nullable: true })
  last_run: JobRunDto | null;

  /** The job as the API shows it. */
  static of(job: JobOverview): JobDto {
    return {
      id: job.id,
      cron: job.cron,
      description: job.description,
      timeout_ms: job.timeoutMs,
      next_run_at: job.nextRunAt,
      last_run: job.lastRun && JobRunDto.of(job.lastRun),
    };
  }
}

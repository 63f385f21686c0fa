import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The history of scheduled jobs; its unique indexes decide who runs a tick and that no run overlaps another. */
export class JobRuns1760000020000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE job_runs (
        id uuid NOT NULL,
        job_id text NOT NULL,
        trigger text NOT NULL,
        status text NOT NULL,
        scheduled_at timestamptz(3) NOT NULL,
        counts jsonb,
        error text,
        host text,
        process_id integer,
        lease_token uuid,
        lease_until timestamptz(3),
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        started_at timestamptz(3),
        finished_at timestamptz(3),
        CONSTRAINT job_runs_pk PRIMARY KEY (id),
        CONSTRAINT job_runs_trigger_ck CHECK (trigger IN ('schedule', 'manual')),
        CONSTRAINT job_runs_status_ck
          CHECK (status IN ('queued', 'running', 'succeeded', 'failed', 'timed_out', 'abandoned')),
        CONSTRAINT job_runs_lease_ck
          CHECK ((status = 'running') = (lease_token IS NOT NULL) AND (status = 'running') = (lease_until IS NOT NULL)),
        CONSTRAINT job_runs_finished_ck
          CHECK ((status IN ('queued', 'running')) = (finished_at IS NULL))
      )`);
    await queryRunner.query(`
      CREATE UNIQUE INDEX job_runs_one_per_tick_uq ON job_runs (job_id, scheduled_at) WHERE trigger = 'schedule'`);
    await queryRunner.query(`
      CREATE UNIQUE INDEX job_runs_one_open_uq ON job_runs (job_id) WHERE status IN ('queued', 'running')`);
    await queryRunner.query('CREATE INDEX job_runs_history_idx ON job_runs (job_id, created_at DESC, id)');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE job_runs');
  }
}

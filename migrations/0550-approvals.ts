import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What an administrator wants and a second one has to allow (issue: money, 8). */
export class Approvals1760000550000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE approvals (
        id uuid NOT NULL,
        action text NOT NULL,
        resource_type text NOT NULL,
        resource_id text NOT NULL,
        amount bigint NOT NULL,
        currency char(3) NOT NULL,
        reason text NOT NULL,
        payload jsonb NOT NULL,
        requested_by uuid NOT NULL,
        status text NOT NULL,
        decided_by uuid,
        decided_at timestamptz(3),
        decision_reason text,
        executed_at timestamptz(3),
        error text,
        expires_at timestamptz(3) NOT NULL,
        created_at timestamptz(3) NOT NULL,
        CONSTRAINT approvals_pk PRIMARY KEY (id),
        CONSTRAINT approvals_requested_by_fk FOREIGN KEY (requested_by) REFERENCES users (id),
        CONSTRAINT approvals_decided_by_fk FOREIGN KEY (decided_by) REFERENCES users (id),
        CONSTRAINT approvals_amount_ck CHECK (amount >= 0),
        CONSTRAINT approvals_status_ck CHECK (
          status IN ('pending', 'approved', 'rejected', 'expired', 'executed', 'failed')),
        CONSTRAINT approvals_second_admin_ck CHECK (decided_by <> requested_by),
        CONSTRAINT approvals_decided_ck CHECK (
          (status IN ('approved', 'rejected', 'executed', 'failed')) = (decided_by IS NOT NULL)
          AND (decided_by IS NULL) = (decided_at IS NULL) AND (decided_by IS NULL) = (decision_reason IS NULL)),
        CONSTRAINT approvals_executed_ck CHECK ((status = 'executed') = (executed_at IS NOT NULL)),
        CONSTRAINT approvals_failed_ck CHECK ((status = 'failed') = (error IS NOT NULL))
      );
      CREATE UNIQUE INDEX approvals_one_open_uq ON approvals (action, resource_type, resource_id)
        WHERE status IN ('pending', 'approved');
      CREATE INDEX approvals_expires_idx ON approvals (expires_at) WHERE status = 'pending';
      CREATE INDEX approvals_created_idx ON approvals (created_at DESC, id DESC);
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE approvals');
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The audit trail: written in the business transaction, never changed (design/decisions "Events and jobs"). */
export class AuditLogs1760000400000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    // No foreign key to users: an entry outlives what it tells of.
    await queryRunner.query(`
      CREATE TABLE audit_logs (
        id uuid NOT NULL,
        position bigint GENERATED ALWAYS AS IDENTITY,
        user_id uuid,
        session_id uuid,
        action text NOT NULL,
        resource_type text NOT NULL,
        resource_id text,
        success boolean NOT NULL,
        details jsonb,
        old_values jsonb,
        new_values jsonb,
        ip_address text,
        user_agent text,
        request_id text,
        created_at timestamptz(3) NOT NULL,
        CONSTRAINT audit_logs_pk PRIMARY KEY (id)
      )`);
    await queryRunner.query('CREATE UNIQUE INDEX audit_logs_position_uq ON audit_logs (position)');
    await queryRunner.query(
      'CREATE INDEX audit_logs_user_idx ON audit_logs (user_id, created_at DESC, id DESC)',
    );
    await queryRunner.query(
      'CREATE INDEX audit_logs_action_idx ON audit_logs (action, created_at DESC, id DESC)',
    );
    await queryRunner.query(`
      CREATE INDEX audit_logs_resource_idx ON audit_logs (resource_type, resource_id, created_at DESC, id DESC)`);
    await queryRunner.query(
      'CREATE INDEX audit_logs_created_at_idx ON audit_logs (created_at DESC, id DESC)',
    );
    await queryRunner.query(`
      CREATE FUNCTION audit_logs_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION 'audit_logs is append-only: % is refused', TG_OP USING ERRCODE = 'restrict_violation';
      END $$`);
    await queryRunner.query(`
      CREATE TRIGGER audit_logs_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_logs
      FOR EACH STATEMENT EXECUTE FUNCTION audit_logs_refuse_change()`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE audit_logs');
    await queryRunner.query('DROP FUNCTION audit_logs_refuse_change()');
  }
}

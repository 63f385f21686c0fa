import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Dead deliveries with their last error, and exceptions that can be closed and opened again. */
export class PaymentOperations1760000520000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE webhook_events
        ADD COLUMN last_error text,
        DROP CONSTRAINT webhook_events_status_ck,
        ADD CONSTRAINT webhook_events_status_ck CHECK (status IN (
          'received', 'applied', 'ignored', 'unmatched', 'contradiction', 'rejected', 'exception', 'dead'));
      CREATE INDEX webhook_events_object_idx ON webhook_events (object_id, received_at DESC, id DESC);

      ALTER TABLE payment_exceptions
        ADD COLUMN dispute_id uuid,
        ADD COLUMN resolved_at timestamptz(3),
        ADD COLUMN resolved_by uuid,
        ADD COLUMN resolution text,
        ADD CONSTRAINT payment_exceptions_resolved_by_fk FOREIGN KEY (resolved_by) REFERENCES users (id),
        ADD CONSTRAINT payment_exceptions_resolution_ck CHECK (
          (resolved_at IS NULL) = (resolution IS NULL) AND (resolved_at IS NOT NULL OR resolved_by IS NULL)),
        DROP CONSTRAINT payment_exceptions_dedupe_key_uq;
      CREATE UNIQUE INDEX payment_exceptions_open_uq ON payment_exceptions (dedupe_key) WHERE resolved_at IS NULL;
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    // The older shape knows one row per case and no dead delivery.
    await queryRunner.query(`
      DELETE FROM payment_exceptions older USING payment_exceptions newer
       WHERE older.dedupe_key = newer.dedupe_key AND (older.created_at, older.id) < (newer.created_at, newer.id);
      DROP INDEX payment_exceptions_open_uq;
      ALTER TABLE payment_exceptions
        ADD CONSTRAINT payment_exceptions_dedupe_key_uq UNIQUE (dedupe_key),
        DROP COLUMN dispute_id, DROP COLUMN resolved_at, DROP COLUMN resolved_by, DROP COLUMN resolution;

      UPDATE webhook_events SET status = 'received' WHERE status = 'dead';
      DROP INDEX webhook_events_object_idx;
      ALTER TABLE webhook_events
        DROP COLUMN last_error,
        DROP CONSTRAINT webhook_events_status_ck,
        ADD CONSTRAINT webhook_events_status_ck CHECK (status IN (
          'received', 'applied', 'ignored', 'unmatched', 'contradiction', 'rejected', 'exception'));
    `);
  }
}

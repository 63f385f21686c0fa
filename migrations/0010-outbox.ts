import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Events written in the business transaction, and one delivery per event and handler (design/decisions "Events and jobs"). */
export class Outbox1760000010000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE outbox_events (
        id uuid NOT NULL,
        position bigint GENERATED ALWAYS AS IDENTITY,
        type text NOT NULL,
        aggregate_id text NOT NULL,
        payload jsonb NOT NULL,
        occurred_at timestamptz(3) NOT NULL,
        created_at timestamptz(3) NOT NULL DEFAULT now(),
        CONSTRAINT outbox_events_pk PRIMARY KEY (id)
      )`);
    await queryRunner.query('CREATE INDEX outbox_events_created_at_idx ON outbox_events (created_at)');
    await queryRunner.query(
      'CREATE INDEX outbox_events_aggregate_idx ON outbox_events (aggregate_id, position)',
    );
    await queryRunner.query(`
      CREATE TABLE outbox_deliveries (
        event_id uuid NOT NULL,
        handler text NOT NULL,
        lane text NOT NULL,
        aggregate_id text NOT NULL,
        position bigint NOT NULL,
        attempts integer NOT NULL DEFAULT 0,
        due_at timestamptz(3) NOT NULL DEFAULT now(),
        lease_token uuid,
        lease_until timestamptz(3),
        done_at timestamptz(3),
        dead_at timestamptz(3),
        last_error text,
        CONSTRAINT outbox_deliveries_pk PRIMARY KEY (event_id, handler),
        CONSTRAINT outbox_deliveries_event_fk FOREIGN KEY (event_id) REFERENCES outbox_events (id) ON DELETE CASCADE,
        CONSTRAINT outbox_deliveries_attempts_ck CHECK (attempts >= 0),
        CONSTRAINT outbox_deliveries_lease_ck CHECK ((lease_token IS NULL) = (lease_until IS NULL)),
        CONSTRAINT outbox_deliveries_end_ck CHECK (num_nonnulls(done_at, dead_at, lease_token) <= 1)
      )`);
    await queryRunner.query(`
      CREATE INDEX outbox_deliveries_due_idx ON outbox_deliveries (lane, due_at, position)
      WHERE done_at IS NULL AND dead_at IS NULL`);
    await queryRunner.query(`
      CREATE INDEX outbox_deliveries_order_idx ON outbox_deliveries (handler, aggregate_id, position)
      WHERE done_at IS NULL AND dead_at IS NULL`);
    await queryRunner.query(`
      CREATE INDEX outbox_deliveries_dead_idx ON outbox_deliveries (dead_at) WHERE dead_at IS NOT NULL`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE outbox_deliveries');
    await queryRunner.query('DROP TABLE outbox_events');
  }
}

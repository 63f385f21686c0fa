import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The inbox of provider webhooks (07 7.9.4) and the list of cases that a person has to decide. */
export class CreatePayments1760000330000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE webhook_events (
        id uuid NOT NULL,
        provider text NOT NULL,
        event_id text NOT NULL,
        kind text NOT NULL,
        event_type text NOT NULL,
        object_id text,
        account text,
        raw_body bytea NOT NULL,
        headers jsonb NOT NULL,
        source text NOT NULL,
        status text NOT NULL,
        attempts integer NOT NULL DEFAULT 0,
        reason text,
        received_at timestamptz(3) NOT NULL,
        applied_at timestamptz(3),
        CONSTRAINT webhook_events_pk PRIMARY KEY (id),
        CONSTRAINT webhook_events_event_uq UNIQUE (provider, event_id),
        CONSTRAINT webhook_events_provider_ck CHECK (provider IN ('hyperswitch', 'stripe')),
        CONSTRAINT webhook_events_kind_ck CHECK (
          kind IN ('payment', 'refund', 'dispute', 'account', 'transfer', 'other')),
        CONSTRAINT webhook_events_source_ck CHECK (source IN ('webhook', 'poll')),
        CONSTRAINT webhook_events_status_ck CHECK (status IN (
          'received', 'applied', 'ignored', 'unmatched', 'contradiction', 'rejected', 'exception'))
      );
      CREATE INDEX webhook_events_received_idx ON webhook_events (received_at DESC, id DESC);
      CREATE INDEX webhook_events_status_idx ON webhook_events (status, received_at DESC, id DESC);

      CREATE TABLE payment_exceptions (
        id uuid NOT NULL,
        kind text NOT NULL,
        dedupe_key text NOT NULL,
        provider text NOT NULL,
        order_id uuid,
        refund_id uuid,
        transfer_id uuid,
        webhook_event_id uuid,
        message text NOT NULL,
        details jsonb NOT NULL,
        created_at timestamptz(3) NOT NULL,
        CONSTRAINT payment_exceptions_pk PRIMARY KEY (id),
        CONSTRAINT payment_exceptions_dedupe_key_uq UNIQUE (dedupe_key),
        CONSTRAINT payment_exceptions_webhook_event_fk FOREIGN KEY (webhook_event_id) REFERENCES webhook_events (id)
      );
      CREATE INDEX payment_exceptions_created_idx ON payment_exceptions (created_at DESC, id DESC);
      CREATE INDEX payment_exceptions_order_idx ON payment_exceptions (order_id) WHERE order_id IS NOT NULL;
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE payment_exceptions, webhook_events`);
  }
}

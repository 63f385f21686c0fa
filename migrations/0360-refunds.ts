import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Refunds with our own provider id from the first phase on (S1, 07 7.9.1, 7.9.21). */
export class Refunds1760000360000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(TABLE);
    await queryRunner.query(WITHIN_ORDER);
    await queryRunner.query(TERMINAL);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE refunds');
    await queryRunner.query(
      'DROP FUNCTION refunds_assert_within_order(); DROP FUNCTION refunds_keep_terminal()',
    );
  }
}

const TABLE = `
  CREATE TABLE refunds (
    id uuid CONSTRAINT refunds_pk PRIMARY KEY,
    order_id uuid NOT NULL CONSTRAINT refunds_order_fk REFERENCES orders (id),
    initiator_id uuid CONSTRAINT refunds_initiator_fk REFERENCES users (id),
    origin text NOT NULL DEFAULT 'request',
    psp_payment_id text NOT NULL,
    psp_refund_id text,
    amount bigint NOT NULL,
    currency char(3) NOT NULL,
    reason text,
    status text NOT NULL,
    sync_status text,
    psp_ack_at timestamptz(3),
    unknown_since timestamptz(3),
    review_since timestamptz(3),
    contradicted_at timestamptz(3),
    settled_by text,
    failure_code text,
    error_message text,
    succeeded_at timestamptz(3),
    failed_at timestamptz(3),
    mail_queued_at timestamptz(3),
    created_at timestamptz(3) NOT NULL,
    updated_at timestamptz(3) NOT NULL,
    CONSTRAINT refunds_origin_ck CHECK (origin IN ('request', 'external', 'automatic')),
    CONSTRAINT refunds_status_ck CHECK (status IN ('pending', 'succeeded', 'failed')),
    CONSTRAINT refunds_settled_by_ck CHECK (settled_by IN ('webhook', 'poll', 'refusal')),
    CONSTRAINT refunds_amount_ck CHECK (amount > 0),
    CONSTRAINT refunds_psp_refund_id_ck CHECK (psp_refund_id <> ''),
    CONSTRAINT refunds_terminal_ck CHECK (
      (status = 'succeeded') = (succeeded_at IS NOT NULL) AND (status = 'failed') = (failed_at IS NOT NULL)
      AND (status = 'pending') = (settled_by IS NULL))
  );
  CREATE UNIQUE INDEX refunds_psp_refund_id_uq ON refunds (psp_refund_id)
    WHERE psp_refund_id IS NOT NULL AND psp_refund_id <> '';
  CREATE UNIQUE INDEX refunds_one_open_uq ON refunds (order_id) WHERE status = 'pending';
  CREATE INDEX refunds_order_idx ON refunds (order_id, created_at DESC, id DESC);
  CREATE INDEX refunds_created_idx ON refunds (created_at DESC, id DESC)`;

// The service reads after the order's lock; this holds for whoever writes without it.
const WITHIN_ORDER = `
  CREATE FUNCTION refunds_assert_within_order() RETURNS trigger LANGUAGE plpgsql AS $$
  DECLARE
    captured bigint;
    given bigint;
  BEGIN
    SELECT total_amount INTO captured FROM orders WHERE id = NEW.order_id FOR UPDATE;
    SELECT coalesce(sum(amount), 0) INTO given FROM refunds
     WHERE order_id = NEW.order_id AND (status = 'pending' OR (status = 'succeeded') = (contradicted_at IS NULL));
    IF given > captured THEN
      RAISE EXCEPTION 'refunds of order % exceed what was captured', NEW.order_id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'refunds_within_order_ck';
    END IF;
    RETURN NULL;
  END $$;
  CREATE TRIGGER refunds_within_order AFTER INSERT ON refunds
    FOR EACH ROW EXECUTE FUNCTION refunds_assert_within_order()`;

const TERMINAL = `
  CREATE FUNCTION refunds_keep_terminal() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF (NEW.status, NEW.succeeded_at, NEW.failed_at, NEW.settled_by, NEW.amount, NEW.psp_refund_id)
       IS DISTINCT FROM (OLD.status, OLD.succeeded_at, OLD.failed_at, OLD.settled_by, OLD.amount, OLD.psp_refund_id)
       OR OLD.contradicted_at IS NOT NULL AND NEW.contradicted_at IS DISTINCT FROM OLD.contradicted_at THEN
      RAISE EXCEPTION 'refund % is settled', OLD.id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'refunds_terminal_immutable_ck';
    END IF;
    RETURN NEW;
  END $$;
  CREATE TRIGGER refunds_terminal_immutable BEFORE UPDATE ON refunds
    FOR EACH ROW WHEN (OLD.status <> 'pending') EXECUTE FUNCTION refunds_keep_terminal()`;

import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Chargebacks of the buyers' banks, and what a lost one took of which item. */
export class Disputes1760000522000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE disputes (
        id uuid CONSTRAINT disputes_pk PRIMARY KEY,
        psp_dispute_id text NOT NULL CONSTRAINT disputes_psp_dispute_id_uq UNIQUE,
        order_id uuid NOT NULL CONSTRAINT disputes_order_fk REFERENCES orders (id),
        amount bigint NOT NULL CONSTRAINT disputes_amount_ck CHECK (amount > 0),
        currency char(3) NOT NULL,
        reason text,
        status text NOT NULL,
        took_all boolean NOT NULL DEFAULT false,
        provider_updated_at timestamptz(3),
        challenge_required_by timestamptz(3),
        opened_at timestamptz(3) NOT NULL,
        closed_at timestamptz(3),
        contradicted_at timestamptz(3),
        contradicted_by text,
        updated_at timestamptz(3) NOT NULL,
        CONSTRAINT disputes_status_ck CHECK (status IN (
          'opened', 'challenged', 'won', 'lost', 'accepted', 'expired', 'cancelled')),
        CONSTRAINT disputes_closed_ck CHECK ((closed_at IS NULL) = (status IN ('opened', 'challenged'))),
        CONSTRAINT disputes_contradiction_ck CHECK (
          (contradicted_at IS NULL) = (contradicted_by IS NULL)
          AND (contradicted_at IS NULL OR closed_at IS NOT NULL))
      );
      CREATE INDEX disputes_order_idx ON disputes (order_id);
      CREATE INDEX disputes_opened_idx ON disputes (opened_at DESC, id DESC);

      CREATE TABLE dispute_items (
        dispute_id uuid NOT NULL CONSTRAINT dispute_items_dispute_fk REFERENCES disputes (id),
        order_item_id uuid NOT NULL CONSTRAINT dispute_items_order_item_fk REFERENCES order_items (id),
        seller_id uuid NOT NULL,
        amount bigint NOT NULL,
        fee bigint NOT NULL,
        net bigint NOT NULL,
        CONSTRAINT dispute_items_pk PRIMARY KEY (dispute_id, order_item_id),
        CONSTRAINT dispute_items_sum_ck CHECK (amount > 0 AND fee >= 0 AND net >= 0 AND amount = fee + net)
      );
    `);
    await queryRunner.query(TERMINAL);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE dispute_items, disputes');
    await queryRunner.query('DROP FUNCTION disputes_keep_terminal()');
  }
}

const TERMINAL = `
  CREATE FUNCTION disputes_keep_terminal() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF (NEW.status, NEW.closed_at, NEW.amount, NEW.currency, NEW.psp_dispute_id, NEW.order_id)
       IS DISTINCT FROM (OLD.status, OLD.closed_at, OLD.amount, OLD.currency, OLD.psp_dispute_id, OLD.order_id)
       OR OLD.contradicted_at IS NOT NULL AND NEW.contradicted_at IS DISTINCT FROM OLD.contradicted_at THEN
      RAISE EXCEPTION 'dispute % is closed', OLD.id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'disputes_terminal_immutable_ck';
    END IF;
    RETURN NEW;
  END $$;
  CREATE TRIGGER disputes_terminal_immutable BEFORE UPDATE ON disputes
    FOR EACH ROW WHEN (OLD.closed_at IS NOT NULL) EXECUTE FUNCTION disputes_keep_terminal()`;

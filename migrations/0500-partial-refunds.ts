import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Refunds of parts, from the dashboard and by themselves; money that was paid and bought nothing (07 7.9.7, 7.9.11). */
export class PartialRefunds1760000500000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(ORDERS);
    await queryRunner.query(REFUNDS);
    await queryRunner.query(REFUND_ITEMS);
    await queryRunner.query(WITHIN_ORDER);
    await queryRunner.query(ledgerKinds("'buyer_refunds', ", "'payment_unfulfilled', "));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    // The book is append-only: entries of the new kinds stay, so the older checks hold for new rows only.
    await queryRunner.query(ledgerKinds('', ''));
    await queryRunner.query(OLD_WITHIN_ORDER);
    await queryRunner.query(`
      DROP TABLE refund_items;
      DELETE FROM refunds WHERE status = 'pending' AND origin = 'external';
      DROP INDEX refunds_one_open_uq, refunds_one_automatic_uq, refunds_next_check_idx;
      CREATE UNIQUE INDEX refunds_one_open_uq ON refunds (order_id) WHERE status = 'pending';
      ALTER TABLE refunds
        DROP COLUMN item_ids, DROP COLUMN next_check_at, DROP COLUMN provider_updated_at,
        DROP CONSTRAINT refunds_settled_by_ck,
        ADD CONSTRAINT refunds_settled_by_ck CHECK (settled_by IN ('webhook', 'poll', 'refusal')) NOT VALID;
      ALTER TABLE order_items DROP COLUMN given_fee, DROP COLUMN given_net;
      ALTER TABLE orders
        DROP CONSTRAINT orders_amounts_ck,
        DROP COLUMN unfulfilled_amount, DROP COLUMN unfulfilled_currency,
        ADD CONSTRAINT orders_amounts_ck CHECK (total_amount >= 0 AND refunded_amount BETWEEN 0 AND total_amount) NOT VALID;
    `);
  }
}

const ORDERS = `
  ALTER TABLE orders
    ADD COLUMN unfulfilled_amount bigint,
    ADD COLUMN unfulfilled_currency char(3),
    DROP CONSTRAINT orders_amounts_ck,
    ADD CONSTRAINT orders_amounts_ck CHECK (
      total_amount >= 0 AND refunded_amount BETWEEN 0 AND coalesce(unfulfilled_amount, total_amount)),
    ADD CONSTRAINT orders_unfulfilled_ck CHECK (
      (unfulfilled_amount IS NULL) = (unfulfilled_currency IS NULL) AND coalesce(unfulfilled_amount > 0, true)
      AND (unfulfilled_amount IS NULL OR completed_at IS NULL));
  ALTER TABLE order_items
    ADD COLUMN given_fee bigint NOT NULL DEFAULT 0,
    ADD COLUMN given_net bigint NOT NULL DEFAULT 0,
    ADD CONSTRAINT order_items_given_ck CHECK (
      given_fee BETWEEN 0 AND platform_fee AND given_net BETWEEN 0 AND net_amount);
  UPDATE order_items i SET given_fee = platform_fee, given_net = net_amount
    FROM refunds r WHERE r.order_id = i.order_id AND r.status = 'succeeded' AND r.contradicted_at IS NULL`;

// Until now every refund gave a whole order back. What the dashboard opened may stand beside ours.
const REFUNDS = `
  ALTER TABLE refunds
    ADD COLUMN item_ids uuid[],
    ADD COLUMN next_check_at timestamptz(3),
    ADD COLUMN provider_updated_at timestamptz(3),
    DROP CONSTRAINT refunds_settled_by_ck,
    ADD CONSTRAINT refunds_settled_by_ck CHECK (settled_by IN ('webhook', 'poll', 'refusal', 'admin'));
  UPDATE refunds SET next_check_at = created_at WHERE status = 'pending';
  ALTER TABLE refunds ADD CONSTRAINT refunds_checked_ck CHECK (status <> 'pending' OR next_check_at IS NOT NULL);
  DROP INDEX refunds_one_open_uq;
  CREATE UNIQUE INDEX refunds_one_open_uq ON refunds (order_id) WHERE status = 'pending' AND origin <> 'external';
  CREATE UNIQUE INDEX refunds_one_automatic_uq ON refunds (order_id) WHERE origin = 'automatic';
  CREATE INDEX refunds_next_check_idx ON refunds (next_check_at, id) WHERE status = 'pending'`;

const REFUND_ITEMS = `
  CREATE TABLE refund_items (
    refund_id uuid NOT NULL,
    order_item_id uuid NOT NULL,
    amount bigint NOT NULL,
    fee bigint NOT NULL,
    net bigint NOT NULL,
    CONSTRAINT refund_items_pk PRIMARY KEY (refund_id, order_item_id),
    CONSTRAINT refund_items_refund_fk FOREIGN KEY (refund_id) REFERENCES refunds (id),
    CONSTRAINT refund_items_order_item_fk FOREIGN KEY (order_item_id) REFERENCES order_items (id),
    CONSTRAINT refund_items_amounts_ck CHECK (amount > 0 AND fee >= 0 AND net >= 0 AND fee + net = amount)
  );
  CREATE INDEX refund_items_order_item_idx ON refund_items (order_item_id);
  INSERT INTO refund_items (refund_id, order_item_id, amount, fee, net)
    SELECT r.id, i.id, i.unit_price, i.platform_fee, i.net_amount
      FROM refunds r JOIN order_items i ON i.order_id = r.order_id
     WHERE r.status = 'succeeded' AND i.unit_price > 0`;

// What the provider has given back is a fact and is stored beside an open refund of ours, which the provider
// then refuses. What we open ourselves must fit beside everything else.
const WITHIN_ORDER = `
  CREATE OR REPLACE FUNCTION refunds_assert_within_order() RETURNS trigger LANGUAGE plpgsql AS $$
  DECLARE
    captured bigint;
    given bigint;
    waiting bigint;
  BEGIN
    SELECT coalesce(unfulfilled_amount, total_amount) INTO captured FROM orders WHERE id = NEW.order_id FOR UPDATE;
    SELECT coalesce(sum(amount) FILTER (WHERE status <> 'pending' AND (status = 'succeeded') = (contradicted_at IS NULL)), 0),
           coalesce(sum(amount) FILTER (WHERE status = 'pending'), 0)
      INTO given, waiting FROM refunds WHERE order_id = NEW.order_id;
    IF given > captured OR (TG_OP = 'INSERT' AND NEW.origin <> 'external' AND given + waiting > captured) THEN
      RAISE EXCEPTION 'refunds of order % exceed what was captured', NEW.order_id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'refunds_within_order_ck';
    END IF;
    RETURN NULL;
  END $$;
  DROP TRIGGER refunds_within_order ON refunds;
  CREATE TRIGGER refunds_within_order AFTER INSERT OR UPDATE OF status, contradicted_at ON refunds
    FOR EACH ROW EXECUTE FUNCTION refunds_assert_within_order()`;

const OLD_WITHIN_ORDER = `
  CREATE OR REPLACE FUNCTION refunds_assert_within_order() RETURNS trigger LANGUAGE plpgsql AS $$
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
  DROP TRIGGER refunds_within_order ON refunds;
  CREATE TRIGGER refunds_within_order AFTER INSERT ON refunds
    FOR EACH ROW EXECUTE FUNCTION refunds_assert_within_order()`;

const ledgerKinds = (account: string, transaction: string): string => `
  ALTER TABLE ledger_accounts
    DROP CONSTRAINT ledger_accounts_kind_ck,
    ADD CONSTRAINT ledger_accounts_kind_ck CHECK (kind IN (
      ${account}'psp_clearing', 'platform_fee', 'psp_fee', 'disputes', 'payable', 'in_transit', 'paid_out')) NOT VALID;
  ALTER TABLE ledger_transactions
    DROP CONSTRAINT ledger_transactions_kind_ck,
    ADD CONSTRAINT ledger_transactions_kind_ck CHECK (kind IN (
      ${transaction}'order_completed', 'refund_succeeded', 'refund_contradicted', 'transfer_claimed',
      'transfer_completed', 'transfer_returned', 'reversal_succeeded', 'dispute_opened', 'dispute_won',
      'dispute_lost', 'psp_fee_charged')) NOT VALID`;

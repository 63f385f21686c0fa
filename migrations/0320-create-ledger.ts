import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Append-only double-entry ledger whose rules the database itself enforces (07 7.9.5, 08 3.4). */
export class CreateLedger1760000320000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(TABLES);
    await queryRunner.query(ZERO_SUM);
    await queryRunner.query(BALANCE);
    await queryRunner.query(APPEND_ONLY);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE ledger_entries, ledger_transactions, ledger_accounts`);
    await queryRunner.query(`
      DROP FUNCTION ledger_assert_zero_sum();
      DROP FUNCTION ledger_assert_entries();
      DROP FUNCTION ledger_carry_balance();
      DROP FUNCTION ledger_refuse_change()
    `);
  }
}

const TABLES = `
  CREATE TABLE ledger_accounts (
    id uuid NOT NULL,
    kind text NOT NULL,
    seller_id uuid,
    currency char(3) NOT NULL,
    balance_minor bigint,
    CONSTRAINT ledger_accounts_pk PRIMARY KEY (id),
    CONSTRAINT ledger_accounts_owner_uq UNIQUE NULLS NOT DISTINCT (kind, seller_id, currency),
    CONSTRAINT ledger_accounts_currency_uq UNIQUE (id, currency),
    CONSTRAINT ledger_accounts_kind_ck CHECK (
      kind IN ('psp_clearing', 'platform_fee', 'psp_fee', 'disputes', 'payable', 'in_transit', 'paid_out')),
    CONSTRAINT ledger_accounts_seller_ck CHECK (
      (seller_id IS NOT NULL) = (kind IN ('payable', 'in_transit', 'paid_out'))),
    CONSTRAINT ledger_accounts_balance_ck CHECK ((seller_id IS NULL) = (balance_minor IS NULL))
  );
  CREATE INDEX ledger_accounts_seller_idx ON ledger_accounts (seller_id) WHERE seller_id IS NOT NULL;

  CREATE TABLE ledger_transactions (
    id uuid NOT NULL,
    kind text NOT NULL,
    dedupe_key text NOT NULL,
    currency char(3) NOT NULL,
    order_id uuid,
    refund_id uuid,
    transfer_id uuid,
    reversal_id uuid,
    created_at timestamptz(3) NOT NULL,
    CONSTRAINT ledger_transactions_pk PRIMARY KEY (id),
    CONSTRAINT ledger_transactions_dedupe_key_uq UNIQUE (dedupe_key),
    CONSTRAINT ledger_transactions_currency_uq UNIQUE (id, currency),
    CONSTRAINT ledger_transactions_kind_ck CHECK (kind IN (
      'order_completed', 'refund_succeeded', 'refund_contradicted', 'transfer_claimed', 'transfer_completed',
      'transfer_returned', 'reversal_succeeded', 'dispute_opened', 'dispute_won', 'dispute_lost',
      'psp_fee_charged'))
  );
  CREATE INDEX ledger_transactions_order_idx ON ledger_transactions (order_id) WHERE order_id IS NOT NULL;

  CREATE TABLE ledger_entries (
    id uuid NOT NULL,
    transaction_id uuid NOT NULL,
    account_id uuid NOT NULL,
    currency char(3) NOT NULL,
    amount_minor bigint NOT NULL,
    created_at timestamptz(3) NOT NULL,
    CONSTRAINT ledger_entries_pk PRIMARY KEY (id),
    CONSTRAINT ledger_entries_transaction_fk FOREIGN KEY (transaction_id, currency)
      REFERENCES ledger_transactions (id, currency),
    CONSTRAINT ledger_entries_account_fk FOREIGN KEY (account_id, currency)
      REFERENCES ledger_accounts (id, currency),
    CONSTRAINT ledger_entries_amount_ck CHECK (amount_minor <> 0)
  );
  CREATE INDEX ledger_entries_transaction_idx ON ledger_entries (transaction_id);
  CREATE INDEX ledger_entries_account_idx ON ledger_entries (account_id, created_at DESC, id DESC);
`;

// Deferred, because the entries of one transaction arrive one by one and only their sum must be zero.
const ZERO_SUM = `
  CREATE FUNCTION ledger_assert_zero_sum() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF (SELECT sum(amount_minor) FROM ledger_entries WHERE transaction_id = NEW.transaction_id) <> 0 THEN
      RAISE EXCEPTION 'ledger transaction % does not sum to zero', NEW.transaction_id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_entries_zero_sum_ck';
    END IF;
    RETURN NULL;
  END $$;
  CREATE CONSTRAINT TRIGGER ledger_entries_zero_sum AFTER INSERT ON ledger_entries
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_assert_zero_sum();

  CREATE FUNCTION ledger_assert_entries() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF NOT EXISTS (SELECT 1 FROM ledger_entries WHERE transaction_id = NEW.id) THEN
      RAISE EXCEPTION 'ledger transaction % has no entries', NEW.id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_transactions_entries_ck';
    END IF;
    RETURN NULL;
  END $$;
  CREATE CONSTRAINT TRIGGER ledger_transactions_entries AFTER INSERT ON ledger_transactions
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_assert_entries();
`;

// Only sellers' accounts carry their balance: one row for the whole platform would make every sale wait for the other.
const BALANCE = `
  CREATE FUNCTION ledger_carry_balance() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    UPDATE ledger_accounts SET balance_minor = balance_minor + NEW.amount_minor
      WHERE id = NEW.account_id AND seller_id IS NOT NULL;
    RETURN NULL;
  END $$;
  CREATE TRIGGER ledger_entries_carry_balance AFTER INSERT ON ledger_entries
    FOR EACH ROW EXECUTE FUNCTION ledger_carry_balance();
`;

const APPEND_ONLY = `
  CREATE FUNCTION ledger_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
  END $$;
  CREATE TRIGGER ledger_entries_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entries
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
  CREATE TRIGGER ledger_transactions_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_transactions
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
`;

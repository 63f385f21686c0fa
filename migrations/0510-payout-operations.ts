import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Transfers that are taken back in parts and paid again, causes of reversals, pauses, and what the sweeps
 * need to know (issue: money, 1, 3, 8).
 */
export class PayoutOperations1760000510000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(TRANSFERS_UP);
    await queryRunner.query(REVERSALS_UP);
    await queryRunner.query(ORDERS_UP);
    await queryRunner.query(PAUSES_UP);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE transfer_pauses');
    await queryRunner.query(ORDERS_DOWN);
    await queryRunner.query(TRANSFERS_DOWN);
    await queryRunner.query(REVERSALS_DOWN);
  }
}

const TRANSFERS_UP = `
  ALTER TABLE seller_transfers
    ADD COLUMN sequence integer NOT NULL DEFAULT 1,
    ADD COLUMN reduced bigint NOT NULL DEFAULT 0,
    ADD COLUMN taken_back bigint NOT NULL DEFAULT 0,
    ADD COLUMN recovered bigint NOT NULL DEFAULT 0,
    ADD COLUMN hold_until timestamptz(3),
    ADD COLUMN key_first_sent_at timestamptz(3),
    ADD COLUMN unknown_since timestamptz(3),
    ADD COLUMN short_since timestamptz(3),
    ADD COLUMN overdue_reported_at timestamptz(3),
    DROP CONSTRAINT seller_transfers_order_seller_uq,
    DROP CONSTRAINT seller_transfers_amount_ck,
    DROP CONSTRAINT seller_transfers_reversed_ck;
  UPDATE seller_transfers SET reduced = net_amount WHERE status = 'reversed' AND amount IS NULL;
  UPDATE seller_transfers SET taken_back = amount + withheld
   WHERE amount IS NOT NULL AND reversal_refund_id IS NOT NULL;
  UPDATE seller_transfers SET unknown_since = updated_at WHERE outcome_unknown;
  UPDATE seller_transfers SET key_first_sent_at = last_sent_at
   WHERE outcome_unknown OR status = 'processing';
  ALTER TABLE seller_transfers
    ADD CONSTRAINT seller_transfers_order_seller_sequence_uq UNIQUE (order_id, seller_id, sequence),
    ADD CONSTRAINT seller_transfers_sequence_ck CHECK (sequence > 0),
    ADD CONSTRAINT seller_transfers_amount_ck CHECK (
      withheld >= 0 AND reduced >= 0
      AND (amount IS NULL AND withheld + reduced <= net_amount
           OR amount > 0 AND amount + withheld + reduced = net_amount)),
    ADD CONSTRAINT seller_transfers_taken_back_ck
      CHECK (taken_back BETWEEN 0 AND coalesce(amount, 0) + withheld),
    ADD CONSTRAINT seller_transfers_reversed_ck CHECK (
      amount_reversed >= 0 AND recovered >= 0 AND amount_reversed + recovered <= coalesce(amount, 0));
  CREATE INDEX seller_transfers_unknown_idx ON seller_transfers (next_retry_at) WHERE outcome_unknown`;

// A transfer in flight remembered its refund; now the reversal itself waits for it.
const REVERSALS_UP = `
  ALTER TABLE transfer_reversals RENAME COLUMN refund_id TO cause_id;
  ALTER TABLE transfer_reversals
    ADD COLUMN cause_kind text NOT NULL DEFAULT 'refund',
    ADD COLUMN key_first_sent_at timestamptz(3),
    ADD COLUMN unknown_since timestamptz(3),
    ADD COLUMN overdue_reported_at timestamptz(3),
    DROP CONSTRAINT transfer_reversals_transfer_refund_uq;
  DROP INDEX transfer_reversals_one_open_uq;
  ALTER TABLE transfer_reversals
    ALTER COLUMN cause_kind DROP DEFAULT,
    ADD CONSTRAINT transfer_reversals_cause_uq UNIQUE (transfer_id, cause_kind, cause_id),
    ADD CONSTRAINT transfer_reversals_cause_ck CHECK (cause_kind IN ('refund', 'dispute'));
  UPDATE transfer_reversals SET unknown_since = updated_at, key_first_sent_at = updated_at WHERE outcome_unknown;
  INSERT INTO transfer_reversals
         (id, transfer_id, cause_kind, cause_id, amount, status, next_retry_at, created_at, updated_at)
  SELECT gen_random_uuid(), id, 'refund', reversal_refund_id, amount, 'pending', updated_at, updated_at, updated_at
    FROM seller_transfers
   WHERE reversal_refund_id IS NOT NULL AND amount IS NOT NULL AND stripe_transfer_id IS NULL;
  ALTER TABLE seller_transfers DROP COLUMN reversal_refund_id`;

const ORDERS_UP = `
  ALTER TABLE payout_orders
    DROP CONSTRAINT payout_orders_refund_ck,
    DROP COLUMN refund_id,
    ADD COLUMN frozen_at timestamptz(3),
    ADD COLUMN early_take_backs jsonb NOT NULL DEFAULT '{}'`;

const PAUSES_UP = `
  CREATE TABLE transfer_pauses (
    id uuid CONSTRAINT transfer_pauses_pk PRIMARY KEY,
    seller_id uuid CONSTRAINT transfer_pauses_seller_fk REFERENCES users (id),
    reason text NOT NULL,
    paused_by uuid NOT NULL CONSTRAINT transfer_pauses_paused_by_fk REFERENCES users (id),
    paused_at timestamptz(3) NOT NULL,
    resumed_by uuid CONSTRAINT transfer_pauses_resumed_by_fk REFERENCES users (id),
    resumed_at timestamptz(3),
    CONSTRAINT transfer_pauses_resumed_ck CHECK ((resumed_at IS NULL) = (resumed_by IS NULL))
  );
  CREATE UNIQUE INDEX transfer_pauses_open_uq
      ON transfer_pauses ((coalesce(seller_id, '00000000-0000-0000-0000-000000000000'))) WHERE resumed_at IS NULL`;

// Who took an order back is known to its reversals alone; without one the order stands for it.
const ORDERS_DOWN = `
  ALTER TABLE payout_orders DROP COLUMN frozen_at, DROP COLUMN early_take_backs, ADD COLUMN refund_id uuid;
  UPDATE payout_orders SET refund_id = order_id WHERE refunded_at IS NOT NULL;
  ALTER TABLE payout_orders
    ADD CONSTRAINT payout_orders_refund_ck CHECK ((refunded_at IS NULL) = (refund_id IS NULL))`;

const TRANSFERS_DOWN = `
  DROP INDEX seller_transfers_unknown_idx;
  ALTER TABLE seller_transfers
    ADD COLUMN reversal_refund_id uuid,
    DROP CONSTRAINT seller_transfers_order_seller_sequence_uq,
    DROP CONSTRAINT seller_transfers_sequence_ck,
    DROP CONSTRAINT seller_transfers_amount_ck,
    DROP CONSTRAINT seller_transfers_taken_back_ck,
    DROP CONSTRAINT seller_transfers_reversed_ck;
  UPDATE seller_transfers t
     SET reversal_refund_id =
           (SELECT r.cause_id FROM transfer_reversals r WHERE r.transfer_id = t.id ORDER BY r.created_at DESC LIMIT 1)
   WHERE t.taken_back > 0;
  UPDATE seller_transfers SET net_amount = amount + withheld WHERE amount IS NOT NULL;
  ALTER TABLE seller_transfers
    DROP COLUMN sequence, DROP COLUMN reduced, DROP COLUMN taken_back, DROP COLUMN recovered,
    DROP COLUMN hold_until, DROP COLUMN key_first_sent_at, DROP COLUMN unknown_since, DROP COLUMN short_since,
    DROP COLUMN overdue_reported_at,
    ADD CONSTRAINT seller_transfers_order_seller_uq UNIQUE (order_id, seller_id),
    ADD CONSTRAINT seller_transfers_amount_ck CHECK (amount > 0 AND amount + withheld = net_amount),
    ADD CONSTRAINT seller_transfers_reversed_ck CHECK (amount_reversed BETWEEN 0 AND coalesce(amount, 0))`;

const REVERSALS_DOWN = `
  ALTER TABLE transfer_reversals
    DROP CONSTRAINT transfer_reversals_cause_uq,
    DROP CONSTRAINT transfer_reversals_cause_ck,
    DROP COLUMN cause_kind, DROP COLUMN key_first_sent_at, DROP COLUMN unknown_since,
    DROP COLUMN overdue_reported_at;
  ALTER TABLE transfer_reversals RENAME COLUMN cause_id TO refund_id;
  ALTER TABLE transfer_reversals
    ADD CONSTRAINT transfer_reversals_transfer_refund_uq UNIQUE (transfer_id, refund_id);
  CREATE UNIQUE INDEX transfer_reversals_one_open_uq ON transfer_reversals (transfer_id)
    WHERE status IN ('pending', 'failed')`;

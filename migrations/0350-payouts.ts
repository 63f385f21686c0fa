import type { MigrationInterface, QueryRunner } from 'typeorm';

const STATUSES = `'pending', 'processing', 'completed', 'failed', 'unknown', 'blocked_account', 'permanently_failed',
  'reversal_pending', 'reversed', 'reversal_failed', 'canceled'`;

/** Connected accounts, seller transfers and their reversals (07 7.9.6, 7.9.9). */
export class Payouts1760000350000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(CONNECT_ACCOUNTS);
    await queryRunner.query(PAYOUT_ORDERS);
    await queryRunner.query(SELLER_TRANSFERS);
    await queryRunner.query(TRANSFER_REVERSALS);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      'DROP TABLE transfer_reversals, seller_transfers, payout_orders, connect_accounts',
    );
  }
}

const CONNECT_ACCOUNTS = `
  CREATE TABLE connect_accounts (
    id uuid CONSTRAINT connect_accounts_pk PRIMARY KEY,
    user_id uuid NOT NULL CONSTRAINT connect_accounts_user_fk REFERENCES users (id),
    stripe_account_id text,
    creation_epoch integer NOT NULL DEFAULT 0,
    transfers_enabled boolean NOT NULL DEFAULT false,
    payouts_enabled boolean NOT NULL DEFAULT false,
    charges_enabled boolean NOT NULL DEFAULT false,
    details_submitted boolean NOT NULL DEFAULT false,
    requirements jsonb NOT NULL DEFAULT '{}',
    fetched_at timestamptz(3),
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    updated_at timestamptz(3) NOT NULL DEFAULT now(),
    CONSTRAINT connect_accounts_user_uq UNIQUE (user_id),
    CONSTRAINT connect_accounts_stripe_account_uq UNIQUE (stripe_account_id),
    CONSTRAINT connect_accounts_stripe_account_ck CHECK (stripe_account_id <> ''),
    CONSTRAINT connect_accounts_ready_ck CHECK (NOT transfers_enabled OR stripe_account_id IS NOT NULL)
  )`;

const PAYOUT_ORDERS = `
  CREATE TABLE payout_orders (
    order_id uuid CONSTRAINT payout_orders_pk PRIMARY KEY,
    held_at timestamptz(3),
    refunded_at timestamptz(3),
    refund_id uuid,
    opened_at timestamptz(3),
    created_at timestamptz(3) NOT NULL DEFAULT now(),
    CONSTRAINT payout_orders_order_fk FOREIGN KEY (order_id) REFERENCES orders (id),
    CONSTRAINT payout_orders_refund_ck CHECK ((refunded_at IS NULL) = (refund_id IS NULL))
  )`;

const SELLER_TRANSFERS = `
  CREATE TABLE seller_transfers (
    id uuid CONSTRAINT seller_transfers_pk PRIMARY KEY,
    order_id uuid NOT NULL CONSTRAINT seller_transfers_order_fk REFERENCES payout_orders (order_id),
    seller_id uuid NOT NULL CONSTRAINT seller_transfers_seller_fk REFERENCES users (id),
    currency char(3) NOT NULL,
    net_amount bigint NOT NULL,
    platform_fee bigint NOT NULL,
    amount bigint,
    withheld bigint NOT NULL DEFAULT 0,
    amount_reversed bigint NOT NULL DEFAULT 0,
    status text NOT NULL,
    stripe_transfer_id text,
    stripe_account_id text,
    attempt_epoch integer NOT NULL DEFAULT 0,
    claim_id uuid,
    lease_until timestamptz(3),
    outcome_unknown boolean NOT NULL DEFAULT false,
    failure_class text,
    failure_code text,
    error_message text,
    failure_streak integer NOT NULL DEFAULT 0,
    definite_failures integer NOT NULL DEFAULT 0,
    retry_count integer NOT NULL DEFAULT 0,
    next_retry_at timestamptz(3),
    last_sent_at timestamptz(3),
    reversal_refund_id uuid,
    completed_at timestamptz(3),
    reversed_at timestamptz(3),
    created_at timestamptz(3) NOT NULL,
    updated_at timestamptz(3) NOT NULL,
    CONSTRAINT seller_transfers_order_seller_uq UNIQUE (order_id, seller_id),
    CONSTRAINT seller_transfers_status_ck CHECK (status IN (${STATUSES})),
    CONSTRAINT seller_transfers_net_ck CHECK (net_amount > 0 AND platform_fee >= 0),
    CONSTRAINT seller_transfers_amount_ck CHECK (amount > 0 AND amount + withheld = net_amount),
    CONSTRAINT seller_transfers_reversed_ck CHECK (amount_reversed BETWEEN 0 AND coalesce(amount, 0)),
    CONSTRAINT seller_transfers_completed_ck
      CHECK (status <> 'completed' OR coalesce(stripe_transfer_id, '') <> ''),
    CONSTRAINT seller_transfers_reversal_ck CHECK (
      status NOT IN ('reversal_pending', 'reversal_failed') OR coalesce(stripe_transfer_id, '') <> ''),
    CONSTRAINT seller_transfers_unknown_ck CHECK (status <> 'unknown' OR outcome_unknown),
    CONSTRAINT seller_transfers_lease_ck CHECK (
      (status = 'processing') = (lease_until IS NOT NULL) AND (lease_until IS NULL) = (claim_id IS NULL))
  );
  CREATE UNIQUE INDEX seller_transfers_stripe_transfer_uq ON seller_transfers (stripe_transfer_id)
    WHERE stripe_transfer_id IS NOT NULL AND stripe_transfer_id <> '';
  CREATE INDEX seller_transfers_seller_idx ON seller_transfers (seller_id, created_at DESC, id DESC);
  CREATE INDEX seller_transfers_created_idx ON seller_transfers (created_at DESC, id DESC);
  CREATE INDEX seller_transfers_due_idx ON seller_transfers (next_retry_at)
    WHERE status IN ('pending', 'failed', 'unknown', 'blocked_account');
  CREATE INDEX seller_transfers_lease_idx ON seller_transfers (lease_until) WHERE status = 'processing'`;

const TRANSFER_REVERSALS = `
  CREATE TABLE transfer_reversals (
    id uuid CONSTRAINT transfer_reversals_pk PRIMARY KEY,
    transfer_id uuid NOT NULL CONSTRAINT transfer_reversals_transfer_fk REFERENCES seller_transfers (id),
    refund_id uuid NOT NULL,
    amount bigint NOT NULL,
    status text NOT NULL,
    stripe_reversal_id text,
    epoch integer NOT NULL DEFAULT 0,
    claim_id uuid,
    lease_until timestamptz(3),
    outcome_unknown boolean NOT NULL DEFAULT false,
    attempts integer NOT NULL DEFAULT 0,
    failure_streak integer NOT NULL DEFAULT 0,
    failure_class text,
    failure_code text,
    error_message text,
    next_retry_at timestamptz(3),
    succeeded_at timestamptz(3),
    created_at timestamptz(3) NOT NULL,
    updated_at timestamptz(3) NOT NULL,
    CONSTRAINT transfer_reversals_transfer_refund_uq UNIQUE (transfer_id, refund_id),
    CONSTRAINT transfer_reversals_status_ck CHECK (status IN ('pending', 'succeeded', 'failed', 'canceled')),
    CONSTRAINT transfer_reversals_amount_ck CHECK (amount > 0),
    CONSTRAINT transfer_reversals_succeeded_ck
      CHECK (status <> 'succeeded' OR coalesce(stripe_reversal_id, '') <> '')
  );
  CREATE UNIQUE INDEX transfer_reversals_stripe_reversal_uq ON transfer_reversals (stripe_reversal_id)
    WHERE stripe_reversal_id IS NOT NULL AND stripe_reversal_id <> '';
  CREATE UNIQUE INDEX transfer_reversals_one_open_uq ON transfer_reversals (transfer_id)
    WHERE status IN ('pending', 'failed');
  CREATE INDEX transfer_reversals_due_idx ON transfer_reversals (next_retry_at)
    WHERE status IN ('pending', 'failed')`;

import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What was found when the book was added up and held against the providers' books (issue: money, 7). */
export class Reconciliation1760000551000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(VERIFICATIONS);
    await queryRunner.query(REPORTS);
    // Figures of the last day are read at every scrape; the book only grows.
    await queryRunner.query(
      'CREATE INDEX ledger_transactions_created_idx ON ledger_transactions (created_at, kind)',
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX ledger_transactions_created_idx');
    await queryRunner.query(
      'DROP TABLE reconciliation_differences, reconciliation_items, reconciliation_reports, ledger_verifications',
    );
  }
}

const VERIFICATIONS = `
  CREATE TABLE ledger_verifications (
    id uuid NOT NULL,
    problem_count bigint NOT NULL,
    checks jsonb NOT NULL,
    checked_at timestamptz(3) NOT NULL,
    CONSTRAINT ledger_verifications_pk PRIMARY KEY (id),
    CONSTRAINT ledger_verifications_count_ck CHECK (problem_count >= 0)
  );
  CREATE INDEX ledger_verifications_checked_idx ON ledger_verifications (checked_at DESC)`;

const REPORTS = `
  CREATE TABLE reconciliation_reports (
    id uuid NOT NULL,
    day date NOT NULL,
    status text NOT NULL,
    attempt integer NOT NULL,
    requested_by uuid,
    difference_count bigint NOT NULL DEFAULT 0,
    ledger_problem_count bigint NOT NULL DEFAULT 0,
    providers jsonb NOT NULL DEFAULT '[]',
    totals jsonb NOT NULL DEFAULT '[]',
    error text,
    requested_at timestamptz(3) NOT NULL,
    finished_at timestamptz(3),
    CONSTRAINT reconciliation_reports_pk PRIMARY KEY (id),
    CONSTRAINT reconciliation_reports_day_uq UNIQUE (day),
    CONSTRAINT reconciliation_reports_requested_by_fk FOREIGN KEY (requested_by) REFERENCES users (id),
    CONSTRAINT reconciliation_reports_status_ck CHECK (status IN ('running', 'completed', 'failed')),
    CONSTRAINT reconciliation_reports_finished_ck CHECK ((status = 'running') = (finished_at IS NULL)),
    CONSTRAINT reconciliation_reports_error_ck CHECK ((status = 'failed') = (error IS NOT NULL))
  );

  CREATE TABLE reconciliation_items (
    report_id uuid NOT NULL,
    object_type text NOT NULL,
    object_id text NOT NULL,
    amount bigint NOT NULL,
    reversed bigint NOT NULL,
    currency char(3) NOT NULL,
    state text NOT NULL,
    CONSTRAINT reconciliation_items_pk PRIMARY KEY (report_id, object_type, object_id),
    CONSTRAINT reconciliation_items_report_fk FOREIGN KEY (report_id) REFERENCES reconciliation_reports (id),
    CONSTRAINT reconciliation_items_type_ck CHECK (object_type IN ('payment', 'refund', 'transfer'))
  );

  CREATE TABLE reconciliation_differences (
    id uuid NOT NULL,
    report_id uuid NOT NULL,
    kind text NOT NULL,
    object_type text NOT NULL,
    object_id text NOT NULL,
    our_id uuid,
    our_amount bigint,
    our_currency char(3),
    our_state text,
    their_amount bigint,
    their_currency char(3),
    their_state text,
    CONSTRAINT reconciliation_differences_pk PRIMARY KEY (id),
    CONSTRAINT reconciliation_differences_object_uq UNIQUE (report_id, object_type, object_id),
    CONSTRAINT reconciliation_differences_report_fk FOREIGN KEY (report_id) REFERENCES reconciliation_reports (id),
    CONSTRAINT reconciliation_differences_kind_ck CHECK (
      kind IN ('missing_here', 'missing_there', 'amount_differs', 'state_differs'))
  )`;

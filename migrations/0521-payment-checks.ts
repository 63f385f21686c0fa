import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How often an order's payment was asked for at the provider (08 3.8.3). */
export class PaymentChecks1760000521000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE orders ADD COLUMN payment_checks integer NOT NULL DEFAULT 0;
      CREATE INDEX orders_payment_checks_idx ON orders (payment_checks, created_at)
        WHERE status IN ('pending', 'failed', 'expired') AND psp_payment_id IS NOT NULL;
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP INDEX orders_payment_checks_idx;
      ALTER TABLE orders DROP COLUMN payment_checks;
    `);
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The `Idempotency-Key` that opened a refund, beside it: a lost answer must not give the money back twice. */
export class RefundKeys1760000501000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE refunds ADD COLUMN idempotency_key varchar(255)');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE refunds DROP COLUMN idempotency_key');
  }
}

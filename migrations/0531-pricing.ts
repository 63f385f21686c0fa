import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Products whose buyers name the price, from a minimum on, and what the buyer of an item named. */
export class Pricing1760000531000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE products
        ADD COLUMN pricing text NOT NULL DEFAULT 'fixed',
        ADD COLUMN suggested_price bigint,
        ADD CONSTRAINT products_pricing_ck CHECK (pricing IN ('fixed', 'minimum')),
        ADD CONSTRAINT products_suggested_price_ck CHECK (
          suggested_price IS NULL OR (pricing = 'minimum' AND suggested_price BETWEEN price AND 99999999));
      ALTER TABLE products ALTER COLUMN pricing DROP DEFAULT;
      ALTER TABLE order_items ADD COLUMN requested_amount bigint;
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE order_items DROP COLUMN requested_amount;
      ALTER TABLE products DROP COLUMN pricing, DROP COLUMN suggested_price;
    `);
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Sellers' discount codes, who uses them, and what each item of an order would have cost. The counter beside the
 * limit lets the database itself refuse one use too many.
 */
export class Discounts1760000532000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE discount_codes (
        id uuid NOT NULL,
        seller_id uuid NOT NULL,
        code varchar(32) NOT NULL,
        percent_bps integer,
        amount bigint,
        currency char(3),
        product_ids uuid[] NOT NULL,
        min_order_amount bigint,
        max_uses integer,
        max_uses_per_buyer integer,
        starts_at timestamptz(3),
        ends_at timestamptz(3),
        uses integer NOT NULL,
        archived_at timestamptz(3),
        created_at timestamptz(3) NOT NULL,
        updated_at timestamptz(3) NOT NULL,
        CONSTRAINT discount_codes_pk PRIMARY KEY (id),
        CONSTRAINT discount_codes_seller_fk FOREIGN KEY (seller_id) REFERENCES users (id),
        CONSTRAINT discount_codes_code_ck CHECK (code ~ '^[A-Z0-9][A-Z0-9_-]{2,31}$'),
        CONSTRAINT discount_codes_value_ck CHECK (
          (percent_bps IS NULL) <> (amount IS NULL) AND percent_bps BETWEEN 1 AND 10000 AND amount > 0),
        CONSTRAINT discount_codes_currency_ck CHECK (
          (currency IS NOT NULL) = (amount IS NOT NULL OR min_order_amount IS NOT NULL)),
        CONSTRAINT discount_codes_limits_ck CHECK (
          min_order_amount > 0 AND max_uses > 0 AND max_uses_per_buyer > 0 AND ends_at > starts_at),
        CONSTRAINT discount_codes_uses_ck CHECK (uses >= 0 AND uses <= max_uses)
      );
      CREATE UNIQUE INDEX discount_codes_code_uq ON discount_codes (code) WHERE archived_at IS NULL;
      CREATE INDEX discount_codes_seller_idx ON discount_codes (seller_id, created_at DESC, id DESC);

      ALTER TABLE orders ADD COLUMN discount_code varchar(32);
      ALTER TABLE order_items ADD COLUMN list_price bigint, ADD COLUMN discount bigint NOT NULL DEFAULT 0;
      UPDATE order_items SET list_price = unit_price;
      ALTER TABLE order_items
        ALTER COLUMN list_price SET NOT NULL,
        ALTER COLUMN discount DROP DEFAULT,
        ADD CONSTRAINT order_items_discount_ck CHECK (discount >= 0 AND list_price - discount = unit_price);

      CREATE TABLE discount_uses (
        order_id uuid NOT NULL,
        discount_code_id uuid NOT NULL,
        buyer_id uuid NOT NULL,
        used_at timestamptz(3) NOT NULL,
        released_at timestamptz(3),
        CONSTRAINT discount_uses_pk PRIMARY KEY (order_id),
        -- The use is taken while the order is being priced, a moment before its row is written.
        CONSTRAINT discount_uses_order_fk FOREIGN KEY (order_id) REFERENCES orders (id) DEFERRABLE INITIALLY DEFERRED,
        CONSTRAINT discount_uses_code_fk FOREIGN KEY (discount_code_id) REFERENCES discount_codes (id),
        CONSTRAINT discount_uses_buyer_fk FOREIGN KEY (buyer_id) REFERENCES users (id)
      );
      CREATE INDEX discount_uses_buyer_idx ON discount_uses (discount_code_id, buyer_id) WHERE released_at IS NULL;
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP TABLE discount_uses;
      ALTER TABLE order_items DROP COLUMN list_price, DROP COLUMN discount;
      ALTER TABLE orders DROP COLUMN discount_code;
      DROP TABLE discount_codes;
    `);
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Orders with everything that a later edit of a product or of the fee must not change (07 7.9.14). */
export class CreateOrders1760000340000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE orders (
        id uuid NOT NULL,
        buyer_id uuid NOT NULL,
        status text NOT NULL,
        status_before_refund text,
        total_amount bigint NOT NULL,
        refunded_amount bigint NOT NULL DEFAULT 0,
        currency char(3) NOT NULL,
        psp_payment_id text,
        payment_status text,
        payment_updated_at timestamptz(3),
        failure_code text,
        idempotency_key varchar(255),
        refund_deadline timestamptz(3),
        completed_at timestamptz(3),
        disputed_at timestamptz(3),
        receipt_queued_at timestamptz(3),
        created_at timestamptz(3) NOT NULL,
        updated_at timestamptz(3) NOT NULL,
        CONSTRAINT orders_pk PRIMARY KEY (id),
        CONSTRAINT orders_buyer_fk FOREIGN KEY (buyer_id) REFERENCES users (id),
        CONSTRAINT orders_status_ck CHECK (status IN (
          'pending', 'completed', 'refund_pending', 'partially_refunded', 'refunded', 'failed', 'expired', 'cancelled')),
        CONSTRAINT orders_amounts_ck CHECK (total_amount >= 0 AND refunded_amount BETWEEN 0 AND total_amount),
        CONSTRAINT orders_payment_ck CHECK ((total_amount > 0) = (psp_payment_id IS NOT NULL)),
        CONSTRAINT orders_completed_ck CHECK (
          (completed_at IS NOT NULL) = (status IN ('completed', 'refund_pending', 'partially_refunded', 'refunded'))),
        CONSTRAINT orders_before_refund_ck CHECK (
          (status = 'refund_pending') = (status_before_refund IS NOT NULL)
          AND status_before_refund IN ('completed', 'partially_refunded'))
      );
      CREATE UNIQUE INDEX orders_psp_payment_uq ON orders (psp_payment_id) WHERE psp_payment_id IS NOT NULL;
      CREATE UNIQUE INDEX orders_idempotency_key_uq ON orders (buyer_id, idempotency_key)
        WHERE idempotency_key IS NOT NULL;
      CREATE INDEX orders_buyer_idx ON orders (buyer_id, created_at DESC, id DESC);
      CREATE INDEX orders_created_idx ON orders (created_at DESC, id DESC);

      CREATE TABLE order_items (
        id uuid NOT NULL,
        order_id uuid NOT NULL,
        position integer NOT NULL,
        product_id uuid NOT NULL,
        seller_id uuid NOT NULL,
        title varchar(200) NOT NULL,
        product_type text NOT NULL,
        license_type text NOT NULL,
        track_ids uuid[] NOT NULL,
        unit_price bigint NOT NULL,
        platform_fee bigint NOT NULL,
        net_amount bigint NOT NULL,
        CONSTRAINT order_items_pk PRIMARY KEY (id),
        CONSTRAINT order_items_order_fk FOREIGN KEY (order_id) REFERENCES orders (id),
        CONSTRAINT order_items_product_fk FOREIGN KEY (product_id) REFERENCES products (id),
        CONSTRAINT order_items_seller_fk FOREIGN KEY (seller_id) REFERENCES users (id),
        CONSTRAINT order_items_product_uq UNIQUE (order_id, product_id),
        CONSTRAINT order_items_position_uq UNIQUE (order_id, position),
        CONSTRAINT order_items_amounts_ck CHECK (
          unit_price >= 0 AND platform_fee >= 0 AND net_amount >= 0 AND platform_fee + net_amount = unit_price)
      );
      CREATE INDEX order_items_seller_idx ON order_items (seller_id, order_id);

      ALTER TABLE licenses
        ADD CONSTRAINT licenses_order_fk FOREIGN KEY (order_id) REFERENCES orders (id),
        ADD CONSTRAINT licenses_order_item_fk FOREIGN KEY (order_item_id) REFERENCES order_items (id);
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE licenses DROP CONSTRAINT licenses_order_fk, DROP CONSTRAINT licenses_order_item_fk;
      DROP TABLE order_items, orders
    `);
  }
}

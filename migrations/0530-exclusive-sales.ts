import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Who bought which track exclusively (07 7.9.12). A refunded sale is released and stays as a trace; of the others
 * there is one per track, and the index decides who was first.
 */
export class ExclusiveSales1760000530000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE exclusive_sales (
        order_item_id uuid NOT NULL,
        track_id uuid NOT NULL,
        order_id uuid NOT NULL,
        sold_at timestamptz(3) NOT NULL,
        released_at timestamptz(3),
        CONSTRAINT exclusive_sales_pk PRIMARY KEY (order_item_id, track_id),
        CONSTRAINT exclusive_sales_order_item_fk FOREIGN KEY (order_item_id) REFERENCES order_items (id),
        CONSTRAINT exclusive_sales_order_fk FOREIGN KEY (order_id) REFERENCES orders (id),
        CONSTRAINT exclusive_sales_track_fk FOREIGN KEY (track_id) REFERENCES tracks (id)
      );
      CREATE UNIQUE INDEX exclusive_sales_one_per_track_uq ON exclusive_sales (track_id) WHERE released_at IS NULL;
      CREATE INDEX exclusive_sales_order_idx ON exclusive_sales (order_id);
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE exclusive_sales');
  }
}

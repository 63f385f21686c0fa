import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What sellers offer (01 1.5). Prices are minor units; archived products stay for those who bought them. */
export class CreateProducts1760000300000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE products (
        id uuid NOT NULL,
        seller_id uuid NOT NULL,
        title varchar(200) NOT NULL,
        description varchar(5000) NOT NULL,
        product_type text NOT NULL,
        price bigint NOT NULL,
        currency char(3) NOT NULL,
        license_type text NOT NULL,
        status text NOT NULL,
        created_at timestamptz(3) NOT NULL,
        updated_at timestamptz(3) NOT NULL,
        CONSTRAINT products_pk PRIMARY KEY (id),
        CONSTRAINT products_seller_fk FOREIGN KEY (seller_id) REFERENCES users (id),
        CONSTRAINT products_title_ck CHECK (title <> ''),
        CONSTRAINT products_type_ck CHECK (product_type IN ('track', 'pack', 'service')),
        CONSTRAINT products_price_ck CHECK (price BETWEEN 0 AND 99999999),
        CONSTRAINT products_currency_ck CHECK (currency ~ '^[A-Z]{3}$'),
        CONSTRAINT products_license_type_ck CHECK (license_type IN ('basic', 'premium', 'unlimited', 'exclusive')),
        CONSTRAINT products_status_ck CHECK (status IN ('draft', 'active', 'archived'))
      );
      CREATE INDEX products_active_created_idx ON products (created_at, id) WHERE status = 'active';
      CREATE INDEX products_active_price_idx ON products (price, id) WHERE status = 'active';
      CREATE INDEX products_active_title_idx ON products (title, id) WHERE status = 'active';
      CREATE INDEX products_seller_idx ON products (seller_id, created_at, id);

      CREATE TABLE product_tracks (
        product_id uuid NOT NULL,
        track_id uuid NOT NULL,
        position integer NOT NULL,
        CONSTRAINT product_tracks_pk PRIMARY KEY (product_id, track_id),
        CONSTRAINT product_tracks_position_uq UNIQUE (product_id, position),
        CONSTRAINT product_tracks_product_fk FOREIGN KEY (product_id) REFERENCES products (id),
        CONSTRAINT product_tracks_track_fk FOREIGN KEY (track_id) REFERENCES tracks (id)
      );
      CREATE INDEX product_tracks_track_idx ON product_tracks (track_id);
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE product_tracks, products`);
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What buyers own. What was bought is frozen here, so that later edits of a product change no licence. */
export class CreateLicenses1760000310000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE licenses (
        id uuid NOT NULL,
        order_id uuid NOT NULL,
        order_item_id uuid NOT NULL,
        buyer_id uuid NOT NULL,
        product_id uuid NOT NULL,
        product_title varchar(200) NOT NULL,
        product_type text NOT NULL,
        license_type text NOT NULL,
        status text NOT NULL,
        revoke_reason text,
        revoked_at timestamptz(3),
        created_at timestamptz(3) NOT NULL,
        CONSTRAINT licenses_pk PRIMARY KEY (id),
        CONSTRAINT licenses_order_item_uq UNIQUE (order_item_id),
        CONSTRAINT licenses_buyer_fk FOREIGN KEY (buyer_id) REFERENCES users (id),
        CONSTRAINT licenses_product_fk FOREIGN KEY (product_id) REFERENCES products (id),
        CONSTRAINT licenses_status_ck CHECK (status IN ('active', 'suspended', 'revoked')),
        CONSTRAINT licenses_revoked_ck CHECK ((status = 'revoked') = (revoked_at IS NOT NULL))
      );
      -- Of two orders for the same product that are paid at the same moment only one may grant (07 7.9.13).
      CREATE UNIQUE INDEX licenses_one_active_uq ON licenses (buyer_id, product_id)
        WHERE status <> 'revoked' AND product_type <> 'service';
      CREATE INDEX licenses_buyer_idx ON licenses (buyer_id, created_at DESC, id DESC);
      CREATE INDEX licenses_order_idx ON licenses (order_id);

      CREATE TABLE license_tracks (
        license_id uuid NOT NULL,
        track_id uuid NOT NULL,
        position integer NOT NULL,
        CONSTRAINT license_tracks_pk PRIMARY KEY (license_id, track_id),
        CONSTRAINT license_tracks_license_fk FOREIGN KEY (license_id) REFERENCES licenses (id),
        CONSTRAINT license_tracks_track_fk FOREIGN KEY (track_id) REFERENCES tracks (id)
      );
      CREATE INDEX license_tracks_track_idx ON license_tracks (track_id);
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE license_tracks, licenses`);
  }
}

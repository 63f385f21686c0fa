import { randomBytes } from 'node:crypto';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Numbered licences with what a certificate states: who sold, at which price, on which terms. Licences that were
 * granted before get a number, their seller and their price; their terms stay unknown, which is null.
 */
export class LicenseCertificates1760000540000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE licenses
        ADD COLUMN number varchar(17),
        ADD COLUMN seller_id uuid,
        ADD COLUMN price bigint,
        ADD COLUMN currency char(3),
        ADD COLUMN terms jsonb,
        ADD COLUMN download_count integer NOT NULL DEFAULT 0,
        ADD COLUMN last_downloaded_at timestamptz(3);
      UPDATE licenses SET seller_id = i.seller_id, price = i.unit_price, currency = o.currency
        FROM order_items i JOIN orders o ON o.id = i.order_id WHERE i.id = licenses.order_item_id;
    `);
    const licenses = (await queryRunner.query('SELECT id FROM licenses')) as { id: string }[];
    await queryRunner.query(
      `UPDATE licenses SET number = given.number FROM unnest($1::uuid[], $2::text[]) AS given (id, number)
        WHERE licenses.id = given.id`,
      [licenses.map((license) => license.id), licenses.map(() => newNumber())],
    );
    await queryRunner.query(`
      ALTER TABLE licenses
        ALTER COLUMN number SET NOT NULL,
        ALTER COLUMN seller_id SET NOT NULL,
        ALTER COLUMN price SET NOT NULL,
        ALTER COLUMN currency SET NOT NULL,
        ADD CONSTRAINT licenses_number_uq UNIQUE (number),
        ADD CONSTRAINT licenses_number_ck CHECK (number ~ '^VZ(-[0-9A-HJKMNP-TV-Z]{4}){3}$'),
        ADD CONSTRAINT licenses_seller_fk FOREIGN KEY (seller_id) REFERENCES users (id),
        ADD CONSTRAINT licenses_price_ck CHECK (price >= 0),
        ADD CONSTRAINT licenses_download_count_ck CHECK (download_count >= 0);
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE licenses DROP COLUMN number, DROP COLUMN seller_id, DROP COLUMN price, DROP COLUMN currency,
        DROP COLUMN terms, DROP COLUMN download_count, DROP COLUMN last_downloaded_at
    `);
  }
}

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** The product's own rule, kept here as it was on the day of this migration. */
function newNumber(): string {
  const body = [...randomBytes(11)].map((byte) => byte % 32);
  const sum = [...body].reverse().reduce((total, digit, index) => {
    const addend = digit * (index % 2 === 0 ? 2 : 1);
    return total + Math.floor(addend / 32) + (addend % 32);
  }, 0);
  const text = [...body, (32 - (sum % 32)) % 32].map((digit) => ALPHABET.charAt(digit)).join('');
  return `VZ-${text.slice(0, 4)}-${text.slice(4, 8)}-${text.slice(8)}`;
}

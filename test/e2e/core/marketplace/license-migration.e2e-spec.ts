import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { LicenseCertificates1760000540000 } from '../../../../migrations/0540-license-certificates.js';
import { allMigrations } from '../../../../src/all-migrations.js';
import { parseLicenseNumber } from '../../../../src/core/marketplace/licenses/license-number.js';
import { runMigrations } from '../../../../src/infrastructure/database/index.js';
import { createEmptyDatabase, type TestDatabase } from '../../../support/index.js';

const LICENSES = 50;

describe('the migration that numbers licences', () => {
  let database: TestDatabase;
  let client: Client;

  beforeAll(async () => {
    database = await createEmptyDatabase();
    // The schema as it was when licences had no number: everything of the first issues.
    await runMigrations(
      database.url,
      allMigrations.filter((migration) => /1760000[0-4]\d+$/.test(migration.name)),
    );
    client = new Client({ connectionString: database.url });
    await client.connect();
  });
  afterAll(async () => {
    await client.end();
    await database.drop();
  });

  const rows = async (text: string): Promise<Record<string, unknown>[]> =>
    (await client.query<Record<string, unknown>>(text)).rows;
  const seed = async (): Promise<{ seller: string }> => {
    const [seller, buyer] = [randomUUID(), randomUUID()];
    for (const id of [seller, buyer]) {
      await client.query(
        `INSERT INTO users (id, username, email, password_hash, created_at, updated_at) VALUES ($1::uuid, $2, $3, 'x', now(), now())`,
        [id, `u${id.slice(0, 8)}`, `${id}@example.test`],
      );
    }
    for (let count = 0; count < LICENSES; count += 1) {
      const [product, order, item] = [randomUUID(), randomUUID(), randomUUID()];
      await client.query(
        `INSERT INTO products (id, seller_id, title, description, product_type, price, currency, license_type, status, created_at, updated_at)
         VALUES ($1, $2, 'Old', '', 'service', 990, 'JPY', 'premium', 'active', now(), now())`,
        [product, seller],
      );
      await client.query(
        `INSERT INTO orders (id, buyer_id, status, total_amount, currency, psp_payment_id, completed_at, created_at, updated_at)
         VALUES ($1::uuid, $2, 'completed', 990, 'JPY', 'pay_' || $1, now(), now(), now())`,
        [order, buyer],
      );
      await client.query(
        `INSERT INTO order_items (id, order_id, position, product_id, seller_id, title, product_type, license_type, track_ids,
                                  unit_price, platform_fee, net_amount)
         VALUES ($1, $2, 0, $3, $4, 'Old', 'service', 'premium', '{}', 990, 99, 891)`,
        [item, order, product, seller],
      );
      await client.query(
        `INSERT INTO licenses (id, order_id, order_item_id, buyer_id, product_id, product_title, product_type, license_type, status, created_at)
         VALUES ($1, $2, $3, $4, $5, 'Old', 'service', 'premium', 'active', now())`,
        [randomUUID(), order, item, buyer, product],
      );
    }
    return { seller };
  };

  it('gives every licence a number that the product reads, its seller and its price, and can be taken back', async () => {
    const { seller } = await seed();
    const before = await rows('SELECT * FROM licenses ORDER BY id');
    const source = await new DataSource({
      type: 'postgres',
      url: database.url,
      migrations: [LicenseCertificates1760000540000],
    }).initialize();
    const runner = source.createQueryRunner();
    const migration = new LicenseCertificates1760000540000();
    await migration.up(runner);
    const licenses = await rows('SELECT * FROM licenses ORDER BY id');
    expect(new Set(licenses.map((license) => license.number)).size).toBe(LICENSES);
    for (const license of licenses) {
      expect(parseLicenseNumber(license.number as string)).toBe(license.number);
      expect(license).toMatchObject({
        seller_id: seller,
        price: '990',
        currency: 'JPY',
        terms: null,
        download_count: 0,
        last_downloaded_at: null,
      });
    }
    await expect(client.query(`UPDATE licenses SET number = 'VZ-IIII-0000-0000'`)).rejects.toMatchObject({
      constraint: 'licenses_number_ck',
    });
    await migration.down(runner);
    expect(await rows('SELECT * FROM licenses ORDER BY id')).toEqual(before);
    await migration.up(runner);
    expect(await rows('SELECT 1 FROM licenses WHERE number IS NOT NULL')).toHaveLength(LICENSES);
    await runner.release();
    await source.destroy();
  });
});

import { randomUUID } from 'node:crypto';
import { DataSource } from 'typeorm';
import { Disputes1760000522000 } from '../../../../migrations/0522-disputes.js';
import { PaymentChecks1760000521000 } from '../../../../migrations/0521-payment-checks.js';
import { PaymentOperations1760000520000 } from '../../../../migrations/0520-payment-operations.js';
import { createTestDatabase, type TestDatabase } from '../../../support/index.js';

describe('the migrations of payment operations, checks and disputes', () => {
  let database: TestDatabase;
  let source: DataSource;
  beforeAll(async () => {
    database = await createTestDatabase();
    source = await new DataSource({ type: 'postgres', url: database.url }).initialize();
  });
  afterAll(async () => {
    await source.destroy();
    await database.drop();
  });

  it('can be taken back with what they hold, and made again', async () => {
    const runner = source.createQueryRunner();
    for (const closed of ['now()', 'NULL']) {
      await runner.query(
        `INSERT INTO payment_exceptions (id, kind, dedupe_key, provider, message, details, created_at, resolved_at, resolution)
         VALUES ($1, 'payment_stuck', 'same', 'hyperswitch', 'm', '{}', now(), ${closed}, ${closed === 'NULL' ? 'NULL' : "'done'"})`,
        [randomUUID()],
      );
    }
    await runner.query(
      `INSERT INTO webhook_events (id, provider, event_id, kind, event_type, raw_body, headers, source, status, received_at)
       VALUES ($1, 'hyperswitch', 'e', 'payment', 't', '', '{}', 'webhook', 'dead', now())`,
      [randomUUID()],
    );
    const migrations = [
      new PaymentOperations1760000520000(),
      new PaymentChecks1760000521000(),
      new Disputes1760000522000(),
    ];
    for (const migration of [...migrations].reverse()) await migration.down(runner);
    expect(await runner.query('SELECT kind FROM payment_exceptions')).toHaveLength(1);
    expect(await runner.query('SELECT status FROM webhook_events')).toEqual([{ status: 'received' }]);
    for (const migration of migrations) await migration.up(runner);
    expect(await runner.query('SELECT count(*)::int AS count FROM disputes')).toEqual([{ count: 0 }]);
    await runner.release();
  });
});

import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { PayoutOperations1760000510000 } from '../../../../migrations/0510-payout-operations.js';
import { allMigrations } from '../../../../src/all-migrations.js';
import { runMigrations } from '../../../../src/infrastructure/database/index.js';
import { createEmptyDatabase, type TestDatabase } from '../../../support/index.js';

describe('the migration of payouts to partial reversals', () => {
  let database: TestDatabase;
  let client: Client;

  beforeAll(async () => {
    database = await createEmptyDatabase();
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
  const insert = async (table: string, row: Record<string, unknown>): Promise<void> => {
    const columns = Object.keys(row);
    const places = columns.map((_, index) => `$${String(index + 1)}`).join(', ');
    await client.query(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${places})`, Object.values(row));
  };
  const times = { created_at: new Date(), updated_at: new Date() };

  it('keeps what old rows say, lets refunds in flight wait as reversals, and can be taken back', async () => {
    const [seller, refund] = [randomUUID(), randomUUID()];
    await insert('users', {
      id: seller,
      username: 'seller',
      email: 'seller@example.test',
      password_hash: 'x',
      ...times,
    });
    const transfer = async (over: Record<string, unknown>): Promise<string> => {
      const [id, order] = [randomUUID(), randomUUID()];
      await insert('orders', {
        id: order,
        buyer_id: seller,
        status: 'completed',
        total_amount: 1000,
        currency: 'EUR',
        psp_payment_id: `pay_${order}`,
        completed_at: new Date(),
        ...times,
      });
      const isRefunded = 'reversal_refund_id' in over;
      await insert('payout_orders', {
        order_id: order,
        opened_at: new Date(),
        refunded_at: isRefunded ? new Date() : null,
        refund_id: isRefunded ? refund : null,
      });
      await insert('seller_transfers', {
        id,
        order_id: order,
        seller_id: seller,
        currency: 'EUR',
        net_amount: 900,
        platform_fee: 100,
        ...times,
        ...over,
      });
      return id;
    };
    const sent = { amount: 900, stripe_account_id: 'acct_1' };
    await transfer({ status: 'pending' });
    await transfer({ status: 'completed', stripe_transfer_id: 'tr_1', ...sent });
    await transfer({ status: 'reversed', reversal_refund_id: refund });
    const flying = await transfer({
      status: 'unknown',
      outcome_unknown: true,
      reversal_refund_id: refund,
      ...sent,
    });
    const reversed = await transfer({
      status: 'reversed',
      stripe_transfer_id: 'tr_2',
      amount_reversed: 900,
      reversal_refund_id: refund,
      ...sent,
    });
    await insert('transfer_reversals', {
      id: randomUUID(),
      transfer_id: reversed,
      refund_id: refund,
      amount: 900,
      status: 'succeeded',
      stripe_reversal_id: 'trr_1',
      ...times,
    });
    const before = await rows('SELECT * FROM seller_transfers ORDER BY id');

    await runMigrations(database.url, [PayoutOperations1760000510000]);
    expect(
      await rows(
        'SELECT status, sequence, reduced, taken_back FROM seller_transfers ORDER BY status, reduced',
      ),
    ).toEqual([
      { status: 'completed', sequence: 1, reduced: '0', taken_back: '0' },
      { status: 'pending', sequence: 1, reduced: '0', taken_back: '0' },
      { status: 'reversed', sequence: 1, reduced: '0', taken_back: '900' },
      { status: 'reversed', sequence: 1, reduced: '900', taken_back: '0' },
      { status: 'unknown', sequence: 1, reduced: '0', taken_back: '900' },
    ]);
    expect(
      await rows(
        'SELECT transfer_id, cause_kind, cause_id, amount, status FROM transfer_reversals ORDER BY status',
      ),
    ).toEqual([
      { transfer_id: flying, cause_kind: 'refund', cause_id: refund, amount: '900', status: 'pending' },
      { transfer_id: reversed, cause_kind: 'refund', cause_id: refund, amount: '900', status: 'succeeded' },
    ]);

    const dataSource = new DataSource({
      type: 'postgres',
      url: database.url,
      migrations: [PayoutOperations1760000510000],
      migrationsTableName: 'migrations',
    });
    await dataSource.initialize();
    await dataSource.undoLastMigration();
    await dataSource.destroy();
    const after = await rows('SELECT * FROM seller_transfers ORDER BY id');
    // Who reversed a transfer that never left was kept nowhere else.
    const withoutCause = before.map((row) =>
      row.amount === null ? { ...row, reversal_refund_id: null } : row,
    );
    expect(after).toEqual(withoutCause);
  });
});

import { createTestApp, type TestApp } from '../../test/support/index.js';
import { knownDomains, runSeeds, SEEDS } from './run-seeds.js';
import { SeedContext } from './seed-context.js';

/** How many rows each table has. */
async function countRows(test: TestApp): Promise<Record<string, number>> {
  const tables = await test.sql<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.tables
      WHERE table_schema = 'public' AND table_type = 'BASE TABLE'`,
  );
  const counts: Record<string, number> = {};
  for (const { name } of tables) {
    const [row] = await test.sql<{ count: number }>(`SELECT count(*)::int AS count FROM "${name}"`);
    counts[name] = row!.count;
  }
  return counts;
}

describe('demo data', () => {
  let test: TestApp;

  beforeAll(async () => {
    test = await createTestApp();
  });

  afterAll(() => test.close());

  it('has a seed for each domain that a wing names', () => {
    expect(knownDomains()).toEqual(['users', 'tracks', 'marketplace']);
    expect(Object.keys(SEEDS)).toEqual(knownDomains());
  });

  it('makes the accounts only, when only they are asked for', async () => {
    await expect(runSeeds(test.app, 'users')).resolves.toEqual([{ domain: 'users', made: 3, present: 0 }]);
    const roles = await test.sql('SELECT username, role FROM users ORDER BY username');
    expect(roles).toEqual([
      { username: 'demoadmin', role: 'admin' },
      { username: 'demobuyer', role: 'user' },
      { username: 'democreator', role: 'creator' },
    ]);
    await expect(test.sql('SELECT 1 FROM tracks')).resolves.toEqual([]);
  });

  it('makes processed tracks and products of each licence type, one of them free', async () => {
    await expect(runSeeds(test.app)).resolves.toEqual([
      { domain: 'users', made: 0, present: 3 },
      { domain: 'tracks', made: 3, present: 0 },
      { domain: 'marketplace', made: 4, present: 0 },
    ]);
    const tracks = await test.sql<{ status: string; duration_ms: number; format: string }>(
      'SELECT status, format, duration_ms::int FROM tracks ORDER BY title',
    );
    expect(tracks).toEqual([
      { status: 'ready', format: 'wav', duration_ms: 6000 },
      { status: 'ready', format: 'wav', duration_ms: 6875 },
      { status: 'ready', format: 'wav', duration_ms: 5156 },
    ]);
    const products = await test.sql('SELECT license_type, price::int, status FROM products ORDER BY price');
    expect(products).toEqual([
      { license_type: 'basic', price: 0, status: 'active' },
      { license_type: 'premium', price: 1999, status: 'active' },
      { license_type: 'unlimited', price: 4950, status: 'active' },
      { license_type: 'exclusive', price: 25_000, status: 'active' },
    ]);
  });

  it('changes nothing when it runs again', async () => {
    const before = await countRows(test);
    await expect(runSeeds(test.app)).resolves.toEqual([
      { domain: 'users', made: 0, present: 3 },
      { domain: 'tracks', made: 0, present: 3 },
      { domain: 'marketplace', made: 0, present: 4 },
    ]);
    await expect(countRows(test)).resolves.toEqual(before);
  });

  it('lets every demo account sign in with the password of the file', async () => {
    const context = new SeedContext(test.app);
    for (const account of context.accounts) {
      await expect(context.signIn(account)).resolves.toMatch(/^ey/);
    }
  });

  it('refuses a domain that nobody names', async () => {
    await expect(runSeeds(test.app, 'albums')).rejects.toThrow(
      'DOMAIN must be one of users, tracks, marketplace.',
    );
  });
});

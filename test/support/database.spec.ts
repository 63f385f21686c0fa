import { Client } from 'pg';
import { createEmptyDatabase, createTestDatabase } from './database.js';
import { startDurablePostgres } from './durable-postgres.js';

async function tablesOf(url: string): Promise<string[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ name: string }>(
    `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'`,
  );
  await client.end();
  return rows.map((row) => row.name);
}

describe('test databases', () => {
  it('gives an empty database with the C.UTF-8 order', async () => {
    const database = await createEmptyDatabase();
    expect(await tablesOf(database.url)).toEqual([]);
    await database.drop();
  });

  it('gives each caller a migrated database of its own', async () => {
    const [first, second] = await Promise.all([createTestDatabase(), createTestDatabase()]);
    expect(first.url).not.toBe(second.url);
    expect((await tablesOf(first.url)).length).toBeGreaterThan(0);
    expect(await tablesOf(second.url)).toEqual(await tablesOf(first.url));
    await Promise.all([first.drop(), second.drop()]);
    await expect(tablesOf(first.url)).rejects.toMatchObject({ code: '3D000' });
  });

  it('gives a drill a server that keeps what it confirmed', async () => {
    const server = await startDurablePostgres();
    const client = new Client({ connectionString: server.url });
    await client.connect();
    const { rows } = await client.query<{ value: string }>(
      `SELECT setting AS value FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit', 'full_page_writes')`,
    );
    await client.end();
    expect(rows.map((row) => row.value)).toEqual(['on', 'on', 'on']);
    await server.stop();
    await expect(tablesOf(server.url)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});

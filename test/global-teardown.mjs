import pg from 'pg';

/** Stops the server of this run, or removes this run's databases from a server that stays. */
export default async function globalTeardown() {
  if (globalThis.stopTestServer) {
    await globalThis.stopTestServer();
    return;
  }
  const client = new pg.Client({ connectionString: process.env.TEST_SERVER_URL });
  await client.connect();
  const names = [`veza_test_${process.env.TEST_RUN_ID}_%`];
  if (process.env.TEST_SERVER_KEEPS_TEMPLATE !== 'true') names.push('veza_template_%');
  const { rows } = await client.query(
    `SELECT datname FROM pg_database WHERE datname LIKE ANY ($1) ORDER BY datname`,
    [names.map((name) => name.replaceAll('_', '\\_'))],
  );
  for (const { datname } of rows) await client.query(`DROP DATABASE IF EXISTS "${datname}" WITH (FORCE)`);
  await client.end();
}

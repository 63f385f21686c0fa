import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { startDurablePostgres, type DurablePostgres } from '../support/durable-postgres.js';
import { startMailServer, type MailServer } from '../support/mail-server.js';
import { startServerProcess, type ServerProcess } from '../support/server-process.js';
import { waitFor } from '../support/wait-for.js';

const ADMIN = { email: 'admin@example.test', password: 'Granite-otter-47!' };

interface Run {
  id: string;
  status: string;
}

interface Answer<T> {
  status: number;
  data: T;
}

/** Real processes of `dist/src/main.js`, ended by SIGKILL, on a PostgreSQL that syncs what it commits. */
describe('the outbox under SIGKILL', () => {
  let postgres: DurablePostgres;
  let databaseUrl: string;
  let sql: Client;
  let mailServer: MailServer;
  const servers: ServerProcess[] = [];

  async function start(env: Record<string, string>): Promise<ServerProcess> {
    const server = await startServerProcess(databaseUrl, {
      SMTP_HOST: '127.0.0.1',
      SMTP_PORT: String(mailServer.port),
      SMTP_PASSWORD: 'x',
      ...env,
    });
    servers.push(server);
    return server;
  }

  async function rows<Row>(text: string, parameters: unknown[] = []): Promise<Row[]> {
    return (await sql.query(text, parameters)).rows as Row[];
  }

  /** Commits a mail as a process would that dies right after its commit: event and delivery, no notification. */
  async function commitMail(to: string, aggregateId: string): Promise<string> {
    const id = randomUUID();
    const payload = JSON.stringify({ to, template: 'welcome', language: 'en', data: { name: to } });
    await sql.query(
      `WITH event AS (
         INSERT INTO outbox_events (id, type, aggregate_id, payload, occurred_at)
         VALUES ($1, 'mail.requested', $2, $3, now()) RETURNING id, aggregate_id, position)
       INSERT INTO outbox_deliveries (event_id, handler, lane, aggregate_id, position)
       SELECT id, 'mail.send', 'mail', aggregate_id, position FROM event`,
      [id, aggregateId, payload],
    );
    return id;
  }

  async function call<T>(
    url: string,
    { token, body }: { token?: string; body?: object } = {},
  ): Promise<Answer<T>> {
    const response = await fetch(url, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const answer = (await response.json()) as { data: T };
    return { status: response.status, data: answer.data };
  }

  async function adminToken({ url }: ServerProcess): Promise<string> {
    await call(`${url}/api/v1/auth/register`, { body: { username: 'admin1', ...ADMIN } });
    await sql.query(`UPDATE users SET role = 'admin' WHERE username = 'admin1'`);
    const { data } = await call<{ access_token: string }>(`${url}/api/v1/auth/login`, { body: ADMIN });
    return data.access_token;
  }

  const pending = async (): Promise<number> => {
    const [row] = await rows<{ pending: number }>(
      'SELECT count(*)::int AS pending FROM outbox_deliveries WHERE done_at IS NULL',
    );
    return row?.pending ?? 0;
  };

  beforeAll(async () => {
    postgres = await startDurablePostgres();
  }, 60_000);

  afterAll(async () => {
    await postgres.stop();
  });

  beforeEach(async () => {
    mailServer = await startMailServer();
    const name = `drill_${randomUUID().replaceAll('-', '')}`;
    const maintenance = new Client({ connectionString: postgres.url });
    await maintenance.connect();
    await maintenance.query(`CREATE DATABASE ${name}`);
    await maintenance.end();
    databaseUrl = Object.assign(new URL(postgres.url), { pathname: `/${name}` }).toString();
    sql = new Client({ connectionString: databaseUrl });
    await sql.connect();
  });

  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.kill()));
    await sql.end();
    await mailServer.stop();
  });

  it('delivers what was committed by a process that died before the delivery', async () => {
    const api = await start({ PROCESS_ROLE: 'api' });
    const token = await adminToken(api);
    const { status, data } = await call<Run>(`${api.url}/api/v1/admin/jobs/job-run-retention/run`, {
      token,
      body: {},
    });
    expect(status).toBe(202);
    await api.kill();
    expect(await rows('SELECT status FROM job_runs')).toEqual([{ status: 'queued' }]);
    await start({ PROCESS_ROLE: 'worker' });
    await waitFor(async () => (await pending()) === 0);
    await waitFor(
      async () => (await rows<Run>('SELECT id, status FROM job_runs'))[0]?.status === 'succeeded',
    );
    expect(await rows('SELECT id, status FROM job_runs')).toEqual([{ id: data.id, status: 'succeeded' }]);
  }, 60_000);

  it('delivers again what a process was working on when it died', async () => {
    const doomed = await start({ OUTBOX_LEASE: '1s', SMTP_USERNAME: 'doomed' });
    mailServer.hold();
    const id = await commitMail('held@example.test', 'held');
    await waitFor(() => mailServer.heldCount() === 1);
    await doomed.kill();
    mailServer.letGo();
    expect(await rows('SELECT attempts, done_at FROM outbox_deliveries')).toEqual([
      { attempts: 1, done_at: null },
    ]);
    await start({ OUTBOX_LEASE: '1s', SMTP_USERNAME: 'heir' });
    await waitFor(async () => (await pending()) === 0);
    expect(await rows('SELECT attempts, dead_at FROM outbox_deliveries')).toEqual([
      { attempts: 2, dead_at: null },
    ]);
    expect(mailServer.received.map(({ email }) => email.messageId)).toEqual([`<${id}@veza.local>`]);
  }, 60_000);

  it('shares the work between two processes: nothing twice, everything in order', async () => {
    await Promise.all([start({ SMTP_USERNAME: 'one' }), start({ SMTP_USERNAME: 'two' })]);
    // Each sends two mails at a time, so four that wait at the server are of both.
    mailServer.hold();
    const expected: Record<string, string[]> = {};
    for (let step = 0; step < 40; step += 1) {
      for (const aggregate of ['a', 'b', 'c', 'd', 'e']) {
        const to = `${aggregate}.${String(step)}@example.test`;
        (expected[aggregate] ??= []).push(to);
        await commitMail(to, aggregate);
      }
    }
    await waitFor(() => mailServer.heldCount() === 4);
    mailServer.letGo();
    await waitFor(async () => (await pending()) === 0, { timeoutMs: 30_000 });
    const recipients = mailServer.received.flatMap((mail) => mail.recipients);
    expect(recipients).toHaveLength(200);
    for (const [aggregate, all] of Object.entries(expected)) {
      expect(recipients.filter((to) => to.startsWith(`${aggregate}.`))).toEqual(all);
    }
    expect(new Set(mailServer.received.map((mail) => mail.user))).toEqual(new Set(['one', 'two']));
  }, 90_000);

  it('loses and doubles nothing when one of two processes dies in the midst of its work', async () => {
    const [doomed] = await Promise.all([
      start({ OUTBOX_LEASE: '1s', SMTP_USERNAME: 'doomed' }),
      start({ OUTBOX_LEASE: '1s', SMTP_USERNAME: 'heir' }),
    ]);
    mailServer.hold();
    const ids: string[] = [];
    for (let step = 0; step < 100; step += 1)
      ids.push(await commitMail(`x${String(step)}@example.test`, randomUUID()));
    await waitFor(() => mailServer.heldCount() === 4);
    await doomed.kill();
    mailServer.letGo();
    await waitFor(async () => (await pending()) === 0, { timeoutMs: 30_000 });
    const received = mailServer.received.map(({ email }) => email.messageId?.slice(1, 37));
    expect([...received].sort()).toEqual([...ids].sort());
    expect(mailServer.received.every(({ user }) => user === 'heir')).toBe(true);
    expect(
      await rows('SELECT count(*)::int AS taken_over FROM outbox_deliveries WHERE attempts = 2'),
    ).toEqual([{ taken_over: 2 }]);
  }, 90_000);

  it('shows the run of a process that died as abandoned and lets the next one begin', async () => {
    const env = { JOB_LEASE: '1s', OUTBOX_LEASE: '1s' };
    const api = await start({ PROCESS_ROLE: 'api', ...env });
    const token = await adminToken(api);
    const run = `${api.url}/api/v1/admin/jobs/outbox-retention/run`;
    const first = await call<Run>(run, { token, body: {} });
    // The job deletes from this table, so it hangs; nothing else that a worker does is held up.
    await sql.query('BEGIN');
    await sql.query('LOCK TABLE outbox_events IN EXCLUSIVE MODE');
    const doomed = await start({ PROCESS_ROLE: 'worker', ...env });
    const statusOf = async (id: string): Promise<string | undefined> =>
      (await rows<Run>('SELECT id, status FROM job_runs WHERE id = $1', [id]))[0]?.status;
    await waitFor(async () => (await statusOf(first.data.id)) === 'running');
    expect((await call(run, { token, body: {} })).status).toBe(409);
    await doomed.kill();
    const shown = async (): Promise<string | undefined> => {
      const { data } = await call<{ id: string; last_run: Run }[]>(`${api.url}/api/v1/admin/jobs`, { token });
      return data.find((job) => job.id === 'outbox-retention')?.last_run.status;
    };
    await waitFor(async () => (await shown()) === 'abandoned');
    await sql.query('COMMIT');
    const second = await call<Run>(run, { token, body: {} });
    expect(second.status).toBe(202);
    await start({ PROCESS_ROLE: 'worker', ...env });
    await waitFor(async () => (await statusOf(second.data.id)) === 'succeeded');
    expect(await statusOf(first.data.id)).toBe('abandoned');
  }, 60_000);
});

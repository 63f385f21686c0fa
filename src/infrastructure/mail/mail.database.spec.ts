import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Injectable, Module, type INestApplicationContext } from '@nestjs/common';
import PostalMime from 'postal-mime';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database.js';
import { startMailServer, type MailServer } from '../../../test/support/mail-server.js';
import { waitFor } from '../../../test/support/wait-for.js';
import { createWorkerContext, openSql } from '../../../test/support/worker-context.js';
import { Transactional } from '../database/index.js';
import { EventsModule, OutboxInspector } from '../events/index.js';
import { MailModule, MailOutbox } from './index.js';

@Injectable()
class Business {
  constructor(private readonly mails: MailOutbox) {}

  @Transactional()
  async welcome(
    to: string,
    { locale = 'en', failure }: { locale?: string; failure?: Error } = {},
  ): Promise<string> {
    const id = await this.mails.send({ to, template: 'welcome', locale, data: { name: 'Amélie' } });
    if (failure) throw failure;
    return id;
  }

  @Transactional()
  async leak(): Promise<void> {
    const data = { name: 'Amélie', reset_token: 'abc' };
    await this.mails.send({ to: 'a@example.test', template: 'welcome', locale: 'en', data });
  }

  outsideOfTransaction(): Promise<string> {
    return this.mails.send({ to: 'a@example.test', template: 'welcome', locale: 'en', data: { name: 'x' } });
  }
}

@Module({ imports: [EventsModule, MailModule], providers: [Business] })
class ProbeModule {}

describe('mails', () => {
  let database: TestDatabase;
  let inspector: Awaited<ReturnType<typeof openSql>>;
  let folder: string;
  let server: MailServer | null = null;
  let context: INestApplicationContext;

  async function start(env: Record<string, string> = {}): Promise<Business> {
    context = await createWorkerContext({
      database,
      imports: [ProbeModule],
      env: { MAIL_DIR: folder, SMTP_FROM: 'no-reply@veza.example', ...env },
    });
    return context.get(Business);
  }

  const smtp = (port: number): Record<string, string> => ({
    SMTP_HOST: '127.0.0.1',
    SMTP_PORT: String(port),
    SMTP_USERNAME: 'veza',
    SMTP_PASSWORD: 'sesame',
  });

  const counts = (): ReturnType<OutboxInspector['count']> => context.get(OutboxInspector).count();

  beforeAll(async () => {
    database = await createTestDatabase();
    inspector = await openSql(database.url);
  });

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'veza-mail-'));
  });

  afterEach(async () => {
    await context.close();
    await server?.stop();
    server = null;
    await inspector.sql('TRUNCATE outbox_events CASCADE');
    await rm(folder, { recursive: true });
  });

  afterAll(async () => {
    await inspector.close();
    await database.drop();
  });

  it('reaches the recipient over SMTP with text, HTML and a Message-ID of its event', async () => {
    server = await startMailServer();
    const business = await start(smtp(server.port));
    const id = await business.welcome('amelie@example.test', { locale: 'fr-FR' });
    const { received } = server;
    const [mail] = await waitFor(() => (received.length > 0 ? received : null));
    expect(server.signedIn).toBe('veza:sesame');
    expect(mail?.recipients).toEqual(['amelie@example.test']);
    expect(mail?.email).toMatchObject({
      subject: 'Bienvenue sur Veza',
      from: { name: 'Veza', address: 'no-reply@veza.example' },
      messageId: `<${id}@veza.example>`,
    });
    expect(mail?.email.text).toContain('Bienvenue, Amélie');
    expect(mail?.email.html).toContain('<h1>Bienvenue, Amélie</h1>');
    expect(await readdir(folder)).toEqual([]);
  });

  it('is written to a file named after its event when there is no mail server', async () => {
    const business = await start();
    const id = await business.welcome('amelie@example.test');
    const file = join(folder, `${id}.eml`);
    const email = await PostalMime.parse(await waitFor(() => readFile(file)));
    expect(email).toMatchObject({
      subject: 'Welcome to Veza',
      to: [{ address: 'amelie@example.test' }],
      messageId: `<${id}@veza.example>`,
    });
    expect(email.text).toContain('Welcome, Amélie');
    expect(email.html).toContain('<h1>Welcome, Amélie</h1>');
    await waitFor(async () => (await counts()).pending === 0);
    expect(await readdir(folder)).toEqual([`${id}.eml`]);
  });

  it('is the same file again when it is delivered again', async () => {
    const business = await start();
    const id = await business.welcome('amelie@example.test');
    const before = await waitFor(async () => (await readFile(join(folder, `${id}.eml`))).toString());
    await waitFor(async () => (await counts()).pending === 0);
    await inspector.sql('UPDATE outbox_deliveries SET done_at = NULL');
    await waitFor(async () => (await counts()).pending === 0);
    expect(await readdir(folder)).toEqual([`${id}.eml`]);
    const after = (await readFile(join(folder, `${id}.eml`))).toString();
    const withoutBoundaries = (text: string): string => text.replace(/--[-_\w]*Part[-_\w]*|"--[^"]+"/g, '');
    expect(withoutBoundaries(after)).toBe(withoutBoundaries(before));
  });

  it('is never sent when the work was rolled back', async () => {
    const business = await start();
    const failure = new Error('No after all');
    await expect(business.welcome('lost@example.test', { failure })).rejects.toThrow('No after all');
    const id = await business.welcome('kept@example.test');
    await waitFor(async () => (await readdir(folder)).includes(`${id}.eml`));
    expect(await readdir(folder)).toEqual([`${id}.eml`]);
    expect(await inspector.sql('SELECT 1 FROM outbox_events')).toHaveLength(1);
  });

  it('waits for a mail server that is away', async () => {
    const first = await startMailServer();
    const { port } = first;
    await first.stop();
    const business = await start({ ...smtp(port), OUTBOX_POLL_INTERVAL: '50ms' });
    await business.welcome('patient@example.test');
    await waitFor(
      async () =>
        (await inspector.sql(`SELECT 1 FROM outbox_deliveries WHERE last_error IS NOT NULL`)).length,
    );
    server = await startMailServer(port);
    await inspector.sql('UPDATE outbox_deliveries SET due_at = now()');
    const { received } = server;
    await waitFor(() => received.length === 1);
    await waitFor(async () => (await counts()).pending === 0);
    expect(received.map((mail) => mail.recipients)).toEqual([['patient@example.test']]);
  });

  it('tries again after a temporary refusal and gives up after a final one', async () => {
    server = await startMailServer();
    const business = await start(smtp(server.port));
    server.refuseWith = 451;
    await business.welcome('full@example.test');
    const lastError = async (): Promise<unknown> =>
      (await inspector.sql('SELECT last_error FROM outbox_deliveries'))[0]?.last_error;
    await waitFor(lastError);
    expect(await counts()).toMatchObject({ pending: 1, dead: 0 });
    server.refuseWith = 550;
    await inspector.sql(`UPDATE outbox_deliveries SET due_at = now()`);
    await waitFor(async () => (await counts()).dead === 1);
    expect(await lastError()).toBe('DeadLetter: The mail server refuses the address');
    expect(server.received).toEqual([]);
  });

  it('refuses data that hold a secret, and to be asked for outside of a transaction', async () => {
    const business = await start();
    await expect(business.leak()).rejects.toThrow('hold a secret');
    await expect(business.outsideOfTransaction()).rejects.toThrow(/MANDATORY/);
    expect(await inspector.sql('SELECT 1 FROM outbox_events')).toEqual([]);
  });
});

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { synthesizeMp3 } from '../support/audio-fixtures.js';
import { type DurablePostgres } from '../support/durable-postgres.js';
import { DrillWorld, type Row, startDurablePostgres } from './drill-world.js';

jest.setTimeout(120_000);

const DURATION_MS = 60_000;

/** The built server, ended by SIGKILL while it processes an upload. */
describe('media processing under SIGKILL', () => {
  let postgres: DurablePostgres;
  let world: DrillWorld;

  beforeAll(async () => {
    postgres = await startDurablePostgres();
  }, 60_000);

  afterAll(() => postgres.stop());

  beforeEach(async () => {
    world = await DrillWorld.create(postgres);
  });

  afterEach(() => world.close());

  it('goes on after a kill behind the publication of the file and another one behind the analysis', async () => {
    // Uploaded to a process that works on nothing, so that the lock is there before the work.
    const api = await world.start({ PROCESS_ROLE: 'api' });
    const creator = await world.person('creator');
    const form = new FormData();
    form.set('title', 'Under way');
    const bytes = new Uint8Array(synthesizeMp3({ durationMs: DURATION_MS, bitrateKbps: 320 }));
    form.set('audio', new Blob([bytes], { type: 'audio/mpeg' }), 'under-way.mp3');
    const response = await fetch(`${world.url}/api/v1/tracks`, {
      method: 'POST',
      headers: { authorization: `Bearer ${creator.token}` },
      body: form,
    });
    expect(response.status).toBe(201);
    const { id } = ((await response.json()) as { data: { id: string } }).data;
    const lockTrack = async (): Promise<Awaited<ReturnType<DrillWorld['connect']>>> => {
      const holder = await world.connect();
      await holder.query('BEGIN');
      await holder.query('SELECT 1 FROM tracks WHERE id = $1 FOR UPDATE', [id]);
      return holder;
    };
    const track = (): Promise<Row> => world.row('SELECT * FROM tracks WHERE id = $1', [id]);
    await api.kill();

    const firstLock = await lockTrack();
    const first = await world.start();
    await world.until('the publication to be noted', async () => (await world.waitingStatements()) === 1);
    expect(existsSync(join(world.folder, 'uploads', 'tracks', id, 'original.mp3'))).toBe(true);
    await first.kill();
    await world.endWaitingConnections();
    await firstLock.query('ROLLBACK');
    expect(await track()).toMatchObject({ status: 'processing', duration_ms: null });
    expect((await track()).temporary_key).not.toBeNull();

    await firstLock.query('BEGIN');
    await firstLock.query('SELECT 1 FROM tracks WHERE id = $1 FOR UPDATE', [id]);
    const second = await world.start();
    await world.until('the publication to be noted', async () => (await world.waitingStatements()) === 1);
    // Queues behind the server, so that it has the row again as soon as the publication is noted.
    const secondLock = lockTrack();
    await world.until('a queue', async () => (await world.waitingStatements()) === 2);
    await firstLock.query('ROLLBACK');
    const lastLock = await secondLock;
    await world.until('the result to be stored', async () => (await world.waitingStatements()) === 1);
    await second.kill();
    await world.endWaitingConnections();
    await lastLock.query('ROLLBACK');
    expect(await track()).toMatchObject({ status: 'processing', temporary_key: null, duration_ms: null });

    await world.start();
    await world.until('a ready track', async () => (await track()).status === 'ready');
    expect(Math.abs(Number((await track()).duration_ms) - DURATION_MS)).toBeLessThan(100);
    await world.until('a quiet outbox', async () => {
      return (await world.rows('SELECT 1 FROM outbox_deliveries WHERE done_at IS NULL')).length === 0;
    });
    await Promise.all([firstLock.end(), lastLock.end()]);
  });
});

import { mkdir, readdir, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OrphanTrackCleanupJob } from '../../../../src/core/tracks/jobs/orphan-track-cleanup.job.js';
import {
  type Actor,
  type TestApp,
  type TrackBody,
  api,
  createTestApp,
  newActor,
  newTrack,
} from '../../../support/index.js';

const HOUR_MS = 3_600_000;

describe('orphan track cleanup', () => {
  let test: TestApp;
  let owner: Actor;
  let job: OrphanTrackCleanupJob;

  beforeAll(async () => {
    test = await createTestApp();
    owner = await newActor(test, { role: 'creator' });
    job = test.app.get(OrphanTrackCleanupJob, { strict: false });
  });
  afterAll(() => test.close());

  const run = () => job.run({ signal: new AbortController().signal });
  const exists = (...parts: string[]): Promise<boolean> =>
    stat(join(test.uploadDir, ...parts)).then(
      () => true,
      () => false,
    );
  /** A track whose media job has died, as a row of the outbox tells. */
  const stuckTrack = async (ageMs: number, jobState: 'dead' | 'queued'): Promise<string> => {
    const { id } = await newTrack(test, owner);
    await test.sql(`UPDATE tracks SET status = 'processing', updated_at = $2 WHERE id = $1`, [
      id,
      new Date(Date.now() - ageMs),
    ]);
    await test.sql(
      `UPDATE outbox_deliveries SET done_at = NULL, due_at = now() + interval '1 day',
         dead_at = CASE WHEN $2 THEN now() END
       WHERE event_id = (SELECT id FROM outbox_events WHERE type = 'track.uploaded' AND aggregate_id = $1)`,
      [id, jobState === 'dead'],
    );
    return id;
  };

  it('fails tracks stuck for longer than the limit, removes their files, and does so once', async () => {
    const stuck = await stuckTrack(HOUR_MS + 1_000, 'dead');
    const young = await stuckTrack(HOUR_MS - 60_000, 'dead');
    const queued = await stuckTrack(5 * HOUR_MS, 'queued');
    expect(await run()).toEqual({ tracks_failed: 1, track_files_removed: 1, temporary_files_removed: 0 });
    const response = await test.http
      .get(api(`/tracks/${stuck}`))
      .set(owner.auth)
      .expect(200);
    expect((response.body as { data: TrackBody }).data).toMatchObject({
      status: 'failed',
      failure: { code: 'ORPHANED' },
    });
    expect(await exists('tracks', stuck)).toBe(false);
    const states = await test.sql('SELECT id, status FROM tracks WHERE id = ANY($1) ORDER BY id', [
      [young, queued],
    ]);
    expect(states).toEqual([young, queued].sort().map((id) => ({ id, status: 'processing' })));
    expect(await exists('tracks', queued)).toBe(true);
    expect(await run()).toEqual({ tracks_failed: 0, track_files_removed: 0, temporary_files_removed: 0 });
  });

  it('removes forgotten temporary files and keeps those that somebody needs', async () => {
    const needed = await stuckTrack(60_000, 'queued');
    await test.sql(`UPDATE tracks SET temporary_key = $2 WHERE id = $1`, [needed, `tmp/${needed}`]);
    const folder = join(test.uploadDir, 'tmp');
    await mkdir(folder, { recursive: true });
    const old = new Date(Date.now() - 2 * HOUR_MS);
    for (const name of ['forgotten', needed, 'fresh']) {
      await writeFile(join(folder, name), 'x');
      if (name !== 'fresh') await utimes(join(folder, name), old, old);
    }
    expect(await run()).toMatchObject({ temporary_files_removed: 1 });
    expect((await readdir(folder)).sort()).toEqual([needed, 'fresh'].sort());
  });
});

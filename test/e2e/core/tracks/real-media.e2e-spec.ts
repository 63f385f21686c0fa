import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  type Actor,
  type TestApp,
  createTestApp,
  api,
  describeWhen,
  newActor,
  waitForTrack,
} from '../../../support/index.js';
import { SAMPLE_EXPECTATIONS } from '../../../support/sample-expectations.js';

const folder = resolve(process.env.MEDIA_SAMPLES_DIR ?? '../shared/media');

describeWhen(
  existsSync(folder),
  `MEDIA_SAMPLES_DIR (${folder}) is not there`,
  'real audio files through the API',
  () => {
    let test: TestApp;
    let owner: Actor;

    beforeAll(async () => {
      test = await createTestApp();
      owner = await newActor(test, { role: 'creator' });
    });
    afterAll(() => test.close());

    const samples = readdirSync(folder).filter((name) => !name.endsWith('.md'));

    it('knows what to expect of every sample', () => {
      expect(samples.filter((name) => !(name in SAMPLE_EXPECTATIONS))).toEqual([]);
    });

    it.each(samples)('%s is measured truly or refused with a reason', async (name) => {
      const response = await test.http
        .post(api('/tracks'))
        .set(owner.auth)
        .field('title', name)
        .attach('audio', readFileSync(join(folder, name)), name);
      const expected = SAMPLE_EXPECTATIONS[name];
      if (response.status !== 201) {
        const { code } = (response.body as { error: { code: string } }).error;
        expect({ status: response.status, code }).toEqual({ status: 422, code: expected?.refusedWith });
        return;
      }
      const track = await waitForTrack(test, owner, (response.body as { data: { id: string } }).data.id);
      if (expected?.durationSeconds === undefined) {
        expect(track).toMatchObject({ status: 'failed', failure: { code: expected?.refusedWith } });
        return;
      }
      expect(track.status).toBe('ready');
      const tolerance = Math.max(0.1, expected.durationSeconds * 0.01);
      expect(Math.abs((track.duration_seconds ?? 0) - expected.durationSeconds)).toBeLessThanOrEqual(
        tolerance,
      );
    });
  },
);

import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { SAMPLE_EXPECTATIONS } from '../../../../test/support/sample-expectations.js';
import { describeWhen } from '../../../../test/support/skips.js';
import { AudioAnalyzer } from './audio-analyzer.js';
import { MediaRejected } from './media-rejected.js';
import { probeMp3 } from './mp3/mp3-probe.js';
import { AudioSource } from './reading/audio-source.js';

const folder = resolve(process.env.MEDIA_SAMPLES_DIR ?? '../shared/media');
const MAX_DURATION_MS = 600_000;

/** `decisions`, Files and media: within 0.1 s or 1 %. */
function expectTrue(durationMs: number, decodedSeconds: number): void {
  const tolerance = Math.max(100, decodedSeconds * 10);
  expect(Math.abs(durationMs - decodedSeconds * 1000)).toBeLessThanOrEqual(tolerance);
}

describeWhen(
  existsSync(folder),
  `MEDIA_SAMPLES_DIR (${folder}) is not there`,
  'AudioAnalyzer on real files',
  () => {
    const names = existsSync(folder) ? readdirSync(folder).filter((name) => name in SAMPLE_EXPECTATIONS) : [];

    it('finds every sample that the table names', () => {
      expect(names.sort()).toEqual(Object.keys(SAMPLE_EXPECTATIONS).sort());
    });

    it.each(names)('measures %s truly or refuses it with its reason', async (name) => {
      const { durationSeconds, refusedWith } = SAMPLE_EXPECTATIONS[name] ?? {};
      const analysis = new AudioAnalyzer().analyze(join(folder, name), { maxDurationMs: MAX_DURATION_MS });
      if (refusedWith !== undefined) {
        await expect(analysis).rejects.toMatchObject({ constructor: MediaRejected, code: refusedWith });
        return;
      }
      expectTrue((await analysis).durationMs, durationSeconds ?? NaN);
    });

    it.each(names.filter((name) => SAMPLE_EXPECTATIONS[name]?.decodedSeconds !== undefined))(
      'counts the frames of %s truly although it is refused',
      async (name) => {
        const source = await AudioSource.open(join(folder, name));
        try {
          const { durationMs } = await probeMp3(source, MAX_DURATION_MS);
          expectTrue(durationMs, SAMPLE_EXPECTATIONS[name]?.decodedSeconds ?? NaN);
        } finally {
          await source.close();
        }
      },
    );

    it('reads the tags and the cover of a real file', async () => {
      const path = join(folder, 'id3v2.4-with-cover.mp3');
      const { tags, cover } = await new AudioAnalyzer().analyze(path, { maxDurationMs: MAX_DURATION_MS });
      expect(tags).toMatchObject({ title: 'Home', artist: 'Explo' });
      expect(cover?.mimeType).toBe('image/jpeg');
      expect(cover?.data.subarray(0, 3).toString('hex')).toBe('ffd8ff');
    });
  },
);

import fc from 'fast-check';
import {
  synthesizeAdts,
  synthesizeFragmentedM4a,
  synthesizeM4a,
} from '../../../../test/support/audio-fixtures-aac.js';
import { synthesizeFlac } from '../../../../test/support/audio-fixtures-flac.js';
import {
  synthesizeOggFlac,
  synthesizeOpus,
  synthesizeVorbisSkeleton,
} from '../../../../test/support/audio-fixtures-ogg.js';
import { id3v2Tag, synthesizeMp3, synthesizeWav } from '../../../../test/support/audio-fixtures.js';
import { AudioFiles } from '../../../../test/support/audio-files.js';
import { AudioAnalyzer } from './audio-analyzer.js';
import { MediaRejected } from './media-rejected.js';

const GOOD_FILES: readonly [string, Buffer][] = [
  ['mp3', synthesizeMp3({ xingFrames: true, prefix: id3v2Tag({ TIT2: 'x' }) })],
  ['wav', synthesizeWav({ durationMs: 200 })],
  ['flac', synthesizeFlac({ durationMs: 3000 })],
  ['ogg', synthesizeOpus()],
  ['ogg', synthesizeVorbisSkeleton()],
  ['ogg', synthesizeOggFlac()],
  ['m4a', synthesizeM4a()],
  ['m4a', synthesizeFragmentedM4a()],
  ['aac', synthesizeAdts()],
];

/** Overwrites, cuts out and appends at places given as fractions of the file. */
const damage = fc.record({
  writes: fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 0, max: 255 })), {
    maxLength: 12,
  }),
  cut: fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 0.3, noNaN: true })),
  tail: fc.uint8Array({ maxLength: 64 }),
});

describe('AudioAnalyzer on damaged files', () => {
  let files: AudioFiles;
  beforeAll(() => (files = new AudioFiles()));
  afterAll(() => files.remove());

  it('ends with a duration within the limit or with a reason, never with another error', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...GOOD_FILES),
        damage,
        async ([extension, good], { writes, cut, tail }) => {
          const bytes = Buffer.from(good);
          for (const [place, value] of writes) bytes[Math.floor(place * (bytes.length - 1))] = value;
          const from = Math.floor(cut[0] * bytes.length);
          const to = from + Math.floor(cut[1] * bytes.length);
          const path = files.write(extension, bytes.subarray(0, from), bytes.subarray(to), Buffer.from(tail));
          try {
            const { durationMs } = await new AudioAnalyzer().analyze(path, { maxDurationMs: 600_000 });
            expect(durationMs).toBeGreaterThan(0);
            expect(durationMs).toBeLessThanOrEqual(600_000);
          } catch (error) {
            expect(error).toBeInstanceOf(MediaRejected);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('gives an answer for every length that a transfer may stop at', async () => {
    for (const [extension, good] of GOOD_FILES) {
      const step = Math.max(1, Math.floor(good.length / 40));
      for (let length = 0; length < good.length; length += step) {
        const path = files.write(extension, good.subarray(0, length));
        const result = await new AudioAnalyzer()
          .analyze(path, { maxDurationMs: 600_000 })
          .catch((error: unknown) => error);
        if (result instanceof Error) expect(result).toBeInstanceOf(MediaRejected);
      }
    }
  });
});

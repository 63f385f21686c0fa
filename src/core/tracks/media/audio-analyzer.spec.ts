import { appendFileSync, truncateSync } from 'node:fs';
import {
  mp4Box,
  synthesizeAdts,
  synthesizeFragmentedM4a,
  synthesizeM4a,
} from '../../../../test/support/audio-fixtures-aac.js';
import { flacBlock, synthesizeFlac } from '../../../../test/support/audio-fixtures-flac.js';
import {
  oggPage,
  synthesizeOggFlac,
  synthesizeOpus,
  synthesizeVorbisSkeleton,
} from '../../../../test/support/audio-fixtures-ogg.js';
import {
  id3v1Tag,
  id3v2Header,
  id3v2Tag,
  riffChunk,
  synthesizeMp3,
  synthesizeWav,
} from '../../../../test/support/audio-fixtures.js';
import { AudioFiles } from '../../../../test/support/audio-files.js';
import type { AudioAnalysis } from './audio-analysis.js';
import { AudioAnalyzer } from './audio-analyzer.js';
import { MediaRejected } from './media-rejected.js';

const MAX_DURATION_MS = 600_000;
const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');
const half = (file: Buffer): Buffer => file.subarray(0, Math.floor(file.length / 2));
/** Repeatable bytes that are no audio. */
const noise = (length: number): Buffer => {
  const bytes = Buffer.alloc(length);
  for (let state = 1, index = 0; index < length; index += 1) {
    state = (state * 48_271) % 0x7fff_ffff;
    bytes[index] = state >>> 8;
  }
  return bytes;
};

describe('AudioAnalyzer', () => {
  const analyzer = new AudioAnalyzer();
  let files: AudioFiles;

  beforeAll(() => (files = new AudioFiles()));
  afterAll(() => files.remove());

  const analyze = (extension: string, ...content: Buffer[]): Promise<AudioAnalysis> =>
    analyzer.analyze(files.write(extension, ...content), { maxDurationMs: MAX_DURATION_MS });
  const refusal = async (extension: string, ...content: Buffer[]): Promise<string> => {
    const error: unknown = await analyze(extension, ...content).then(
      (analysis) => analysis,
      (reason: unknown) => reason,
    );
    if (!(error instanceof MediaRejected)) throw new Error(`not refused: ${JSON.stringify(error)}`);
    expect(error.message.length).toBeGreaterThan(10);
    return error.code;
  };

  describe('measures what can be decoded', () => {
    it.each<[string, Buffer, Partial<AudioAnalysis>]>([
      [
        'mp3',
        synthesizeMp3({ durationMs: 3000 }),
        { codec: 'mp3', durationMs: 3004, bitrateKbps: 128, channels: 2 },
      ],
      ['wav', synthesizeWav({ durationMs: 3000 }), { codec: 'pcm', durationMs: 3000, bitrateKbps: 1411 }],
      ['flac', synthesizeFlac({ durationMs: 3000 }), { codec: 'flac', durationMs: 3000, channels: 1 }],
      [
        'ogg',
        synthesizeOpus({ durationMs: 3000 }),
        { codec: 'opus', durationMs: 3000, sampleRateHz: 48_000 },
      ],
      ['ogg', synthesizeVorbisSkeleton({ durationMs: 3000 }), { codec: 'vorbis', durationMs: 3019 }],
      ['ogg', synthesizeOggFlac({ durationMs: 3000 }), { codec: 'flac', durationMs: 3000 }],
      ['m4a', synthesizeM4a({ durationMs: 3000 }), { codec: 'aac', durationMs: 3019, sampleRateHz: 44_100 }],
      ['m4a', synthesizeFragmentedM4a({ durationMs: 3000 }), { codec: 'aac', durationMs: 3019, channels: 1 }],
      ['aac', synthesizeAdts({ durationMs: 3000 }), { codec: 'aac', durationMs: 3019, channels: 1 }],
    ])('of a good %s file', async (format, file, expected) => {
      expect(await analyze(format, file)).toMatchObject({ format, tags: {}, ...expected });
    });

    it('goes by the content when the name says otherwise', async () => {
      expect(await analyze('mp3', synthesizeFlac())).toMatchObject({ format: 'flac', durationMs: 1000 });
    });

    it('does not change by what stands before, between and behind the frames', async () => {
      const sound = synthesizeMp3({ durationMs: 2000 });
      const durationMs = 2011;
      expect(await analyze('mp3', sound, id3v1Tag('Old'))).toMatchObject({ durationMs });
      expect(await analyze('mp3', id3v2Tag({ TIT2: 'New' }), sound)).toMatchObject({ durationMs });
      expect(await analyze('mp3', Buffer.alloc(4000), sound)).toMatchObject({ durationMs });
      expect(await analyze('mp3', sound, noise(50_000))).toMatchObject({ durationMs });
      expect(await analyze('mp3', sound, noise(50_000), sound)).toMatchObject({ durationMs: 4023 });
      expect(await analyze('flac', synthesizeFlac(), noise(50_000))).toMatchObject({ durationMs: 1000 });
      expect(await analyze('ogg', synthesizeOpus(), noise(50_000))).toMatchObject({ durationMs: 1000 });
      expect(await analyze('aac', synthesizeAdts(), noise(50_000))).toMatchObject({ durationMs: 1022 });
      expect(await analyze('wav', synthesizeWav(), noise(50_000))).toMatchObject({ durationMs: 1000 });
      expect(await analyze('m4a', synthesizeM4a(), noise(50_000))).toMatchObject({ durationMs: 1022 });
    });

    it('finds the frames inside a tag that claims to be longer than the file', async () => {
      const file = Buffer.concat([id3v2Header(50_000_000), synthesizeMp3({ durationMs: 2000 })]);
      expect(await analyze('mp3', file)).toMatchObject({ durationMs: 2011 });
    });

    it('counts a long MP3 of changing bitrate that carries no total', async () => {
      const file = synthesizeMp3({ durationMs: 300_000, bitrateKbps: [32, 320, 160, 128] });
      expect(await analyze('mp3', file)).toMatchObject({ durationMs: 300_016, bitrateKbps: 160 });
    });

    it('leaves out the Xing frame and the samples that the encoder added', async () => {
      const file = synthesizeMp3({
        durationMs: 2000,
        xingFrames: true,
        gapless: { delaySamples: 576, paddingSamples: 1000 },
      });
      expect(await analyze('mp3', file)).toMatchObject({ durationMs: 1976 });
    });

    it('believes the frames when the Xing frame promises fewer', async () => {
      const file = synthesizeMp3({ durationMs: 3000, xingFrames: 10 });
      expect(await analyze('mp3', file)).toMatchObject({ durationMs: 3004 });
    });

    it('reads a WAV whose sizes were never filled in, and takes nothing else for samples', async () => {
      expect(await analyze('wav', synthesizeWav({ declaredDataBytes: 0xffff_ffff }))).toMatchObject({
        durationMs: 1000,
      });
      expect(await analyze('wav', synthesizeWav({ declaredDataBytes: 0 }))).toMatchObject({
        durationMs: 1000,
      });
      const empty = synthesizeWav({ durationMs: 0 });
      expect(await refusal('wav', empty, riffChunk('LIST', latin1('INFOIART\x04\0\0\0abcd')))).toBe(
        'UNREADABLE',
      );
    });

    it('steps over other chunks of a WAV, odd ones too', async () => {
      const extraChunks = Buffer.concat([
        riffChunk('bext', Buffer.alloc(603)),
        riffChunk('LIST', latin1('INFO')),
      ]);
      expect(await analyze('wav', synthesizeWav({ extraChunks }))).toMatchObject({ durationMs: 1000 });
    });

    it('reads a WAV whose sizes stand in a ds64 chunk, and one whose format is extensible', async () => {
      const plain = synthesizeWav();
      const ds64 = Buffer.alloc(28);
      ds64.writeBigUInt64LE(BigInt(plain.length - 44), 8);
      const data = synthesizeWav({ declaredDataBytes: 0xffff_ffff }).subarray(12);
      const rf64 = Buffer.concat([latin1('RF64\xff\xff\xff\xffWAVE'), riffChunk('ds64', ds64), data]);
      expect(await analyze('wav', rf64)).toMatchObject({ durationMs: 1000 });
      expect(await refusal('wav', half(rf64))).toBe('TRUNCATED');

      const format = Buffer.alloc(40);
      plain.copy(format, 0, 20, 36);
      format.writeUInt16LE(0xfffe, 0);
      format.writeUInt16LE(3, 24);
      const body = [latin1('WAVE'), riffChunk('fmt ', format), plain.subarray(36)];
      expect(await analyze('wav', riffChunk('RIFF', Buffer.concat(body)))).toMatchObject({
        codec: 'pcm_float',
        durationMs: 1000,
      });
    });

    it('reads a FLAC that does not know its own length', async () => {
      expect(await analyze('flac', synthesizeFlac({ promisedSamples: 0 }))).toMatchObject({
        durationMs: 1000,
      });
    });

    it('counts a FLAC frame whose sound is damaged but not one that is missing', async () => {
      const file = synthesizeFlac({ durationMs: 10_000, promisedSamples: 0 });
      const frame = file.indexOf(Buffer.from([0xff, 0xf8, 0x70, 0x00, 50]));
      const next = file.indexOf(Buffer.from([0xff, 0xf8, 0x70, 0x00, 51]));
      const damaged = Buffer.from(file);
      damaged.writeUInt8(0x55, frame + 10);
      expect(await analyze('flac', damaged)).toMatchObject({ durationMs: 10_000 });
      const holed = Buffer.concat([file.subarray(0, frame), file.subarray(next)]);
      expect(await analyze('flac', holed)).toMatchObject({ durationMs: 10_000 - 93 });
      const headless = Buffer.from(file);
      headless.writeUInt8(0, frame);
      expect(await analyze('flac', headless)).toMatchObject({ durationMs: 10_000 - 93 });
    });

    it('adds up chained Ogg links and refuses links that differ', async () => {
      const chained = await analyze('ogg', synthesizeOpus({ serial: 1 }), synthesizeOpus({ serial: 2 }));
      expect(chained).toMatchObject({ durationMs: 2000 });
      expect(await refusal('ogg', synthesizeOpus({ serial: 1 }), synthesizeOggFlac({ serial: 2 }))).toBe(
        'UNSUPPORTED_CODEC',
      );
    });

    it('honours the edit list of an MP4', async () => {
      expect(await analyze('m4a', synthesizeM4a({ durationMs: 5000, edit: [44_100, 2000] }))).toMatchObject({
        durationMs: 2019,
      });
    });
  });

  describe('says TRUNCATED when a header promises over 5 % more than is there', () => {
    it.each<[string, string, Buffer]>([
      ['mp3', 'with a Xing frame', half(synthesizeMp3({ durationMs: 4000, xingFrames: true }))],
      ['mp3', 'whose Xing frame lies', synthesizeMp3({ durationMs: 4000, xingFrames: 5000 })],
      [
        'mp3',
        'that ends inside its tag',
        id3v2Tag({}, { mimeType: 'image/png', data: noise(9000) }).subarray(0, 5000),
      ],
      ['wav', 'cut in half', half(synthesizeWav({ durationMs: 4000 }))],
      ['wav', 'that lies', synthesizeWav({ declaredDataBytes: 200_000 })],
      ['flac', 'cut in half', half(synthesizeFlac({ durationMs: 4000 }))],
      ['flac', 'that lies', synthesizeFlac({ promisedSamples: 441_000 })],
      ['flac', 'without a frame', synthesizeFlac().subarray(0, 60)],
      ['ogg', 'with a hole', synthesizeOpus({ durationMs: 4000, missingPages: 3 })],
      ['ogg', 'with a hole in Vorbis', synthesizeVorbisSkeleton({ durationMs: 4000, missingPages: 3 })],
      ['ogg', 'whose FLAC promises more', synthesizeOggFlac({ promisedSamples: 441_000 })],
      ['m4a', 'that lost its index', half(synthesizeM4a({ durationMs: 4000 }))],
      ['m4a', 'that lost its samples', half(synthesizeM4a({ durationMs: 60_000, isIndexFirst: true }))],
      ['m4a', 'that lies', synthesizeM4a({ durationMs: 1000, extraPromisedSamples: 100 })],
      ['m4a', 'whose samples are a hole', synthesizeM4a({ frame: Buffer.alloc(200) })],
      ['m4a', 'in fragments that lies', synthesizeFragmentedM4a({ durationMs: 1000, promisedMs: 9000 })],
    ])('%s %s', async (extension, _what, file) => {
      expect(await refusal(extension, file)).toBe('TRUNCATED');
    });

    it('lets 5 % pass', async () => {
      const frames = 153;
      const file = synthesizeMp3({ durationMs: 4000, xingFrames: Math.floor(frames * 1.05) });
      expect(await analyze('mp3', file)).toMatchObject({ durationMs: 4023 });
    });

    it.each<[string, Buffer, number]>([
      ['mp3', half(synthesizeMp3({ durationMs: 4000 })), 2000],
      ['aac', half(synthesizeAdts({ durationMs: 4000 })), 2020],
      ['flac', half(synthesizeFlac({ durationMs: 4000, promisedSamples: 0 })), 1950],
      ['ogg', half(synthesizeOpus({ durationMs: 4000 })), 1800],
      ['wav', half(synthesizeWav({ durationMs: 4000, declaredDataBytes: 0xffff_ffff })), 2000],
    ])(
      'but gives the shorter length of a cut %s file that promises nothing',
      async (extension, file, durationMs) => {
        const analysis = await analyze(extension, file);
        expect(Math.abs(analysis.durationMs - durationMs)).toBeLessThanOrEqual(100);
      },
    );
  });

  describe('refuses with a reason', () => {
    it.each<[string, string, string, Buffer]>([
      ['UNREADABLE', 'mp3', 'an empty file', Buffer.alloc(0)],
      ['UNREADABLE', 'mp3', 'noise', noise(100_000)],
      ['UNREADABLE', 'mp3', 'zeros', Buffer.alloc(100_000)],
      ['UNREADABLE', 'mp3', 'a tag without sound', Buffer.concat([id3v2Tag({ TIT2: 'x' }), noise(50_000)])],
      ['UNREADABLE', 'wav', 'a WAV without samples', synthesizeWav({ durationMs: 0 })],
      ['UNREADABLE', 'wav', 'a WAV header alone', synthesizeWav().subarray(0, 30)],
      [
        'UNREADABLE',
        'flac',
        'a FLAC of noise',
        Buffer.concat([synthesizeFlac({ promisedSamples: 0 }).subarray(0, 42), noise(90_000)]),
      ],
      ['UNREADABLE', 'ogg', 'an Ogg of headers only', synthesizeOpus().subarray(0, 120)],
      ['UNREADABLE', 'm4a', 'an MP4 without an index', mp4Box('ftyp', latin1('M4A \0\0\0\0isom'))],
      [
        'UNREADABLE',
        'm4a',
        'an MP4 with an empty index',
        Buffer.concat([
          mp4Box('ftyp', latin1('M4A \0\0\0\0')),
          synthesizeM4a({ durationMs: 0 }).subarray(32),
        ]),
      ],
      ['UNSUPPORTED_CODEC', 'wav', 'ADPCM', synthesizeWav({ formatTag: 2 })],
      ['UNSUPPORTED_CODEC', 'wav', 'MP3 inside WAV', synthesizeWav({ formatTag: 0x55 })],
      ['UNSUPPORTED_CODEC', 'm4a', 'encrypted audio', synthesizeM4a({ sampleEntry: 'enca' })],
      ['UNSUPPORTED_CODEC', 'm4a', 'AC-3', synthesizeM4a({ sampleEntry: 'ac-3' })],
      ['UNSUPPORTED_CODEC', 'm4a', 'a video', synthesizeM4a({ secondTrack: ['vide', 'avc1'] })],
      [
        'UNSUPPORTED_CODEC',
        'ogg',
        'Theora',
        oggPage({ sequence: 0, isFirst: true, packets: [latin1('\x80theora\x03\x02\x01')] }),
      ],
      [
        'UNSUPPORTED_CODEC',
        'mp3',
        'a PNG',
        latin1('\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0'),
      ],
      ['DURATION_UNKNOWN', 'wav', 'a WAV whose block size contradicts itself', contradictoryWav()],
      ['BITRATE_TOO_LOW', 'mp3', 'an MP3 of 112 kbps', synthesizeMp3({ bitrateKbps: 112 })],
      ['BITRATE_TOO_LOW', 'mp3', 'an MP3 of 120 kbps on average', synthesizeMp3({ bitrateKbps: [112, 128] })],
      ['SAMPLE_RATE_TOO_LOW', 'mp3', 'an MP3 at 16 kHz', synthesizeMp3({ sampleRateHz: 16_000 })],
      [
        'TOO_LONG',
        'wav',
        'a WAV of 601 s',
        synthesizeWav({ durationMs: 601_000, sampleRateHz: 8000, channels: 1, bitsPerSample: 8 }),
      ],
      ['TOO_LONG', 'mp3', 'an MP3 of 602 s', synthesizeMp3({ durationMs: 602_000 })],
      ['TOO_LONG', 'flac', 'a FLAC of 601 s', synthesizeFlac({ durationMs: 601_000 })],
      ['TOO_LONG', 'ogg', 'an Opus of 601 s', synthesizeOpus({ durationMs: 601_000 })],
      ['TOO_LONG', 'm4a', 'an M4A of 601 s', synthesizeM4a({ durationMs: 601_000 })],
      ['TOO_LONG', 'aac', 'an ADTS of 601 s', synthesizeAdts({ durationMs: 601_000 })],
    ])('%s: .%s, %s', async (code, extension, _what, file) => {
      expect(await refusal(extension, file)).toBe(code);
    });

    it('lets still pictures of chapters pass', async () => {
      expect(await analyze('m4a', synthesizeM4a({ secondTrack: ['vide', 'jpeg'] }))).toMatchObject({
        codec: 'aac',
      });
    });

    it('accepts the least that is allowed', async () => {
      const least = { bitrateKbps: 128, sampleRateHz: 22_050 };
      expect(await analyze('mp3', synthesizeMp3(least))).toMatchObject(least);
      const longest = synthesizeWav({
        durationMs: MAX_DURATION_MS,
        sampleRateHz: 8000,
        channels: 1,
        bitsPerSample: 8,
      });
      expect(await analyze('wav', longest)).toMatchObject({ durationMs: MAX_DURATION_MS });
    });

    it('names damage before limits', async () => {
      const file = half(synthesizeMp3({ durationMs: 4000, bitrateKbps: 64, xingFrames: true }));
      expect(await refusal('mp3', file)).toBe('TRUNCATED');
    });
  });

  describe('tags and cover', () => {
    const pngChunk = (type: string, body: Buffer): Buffer => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(body.length);
      return Buffer.concat([length, latin1(type), body, Buffer.alloc(4)]);
    };
    const png = Buffer.concat([
      latin1('\x89PNG\r\n\x1a\n'),
      pngChunk('IHDR', latin1('\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0')),
      pngChunk('IDAT', noise(5 * 2 ** 20)),
      pngChunk('IEND', Buffer.alloc(0)),
    ]);

    it('reads texts, and a cover of 5 MB whose type is what its bytes are', async () => {
      const texts = { TIT2: 'Title', TPE1: 'Artist', TALB: 'Album', TCON: 'Techno', TBPM: '128', TKEY: 'Am' };
      const tag = id3v2Tag(texts, { mimeType: 'image/jpeg', data: png });
      const { tags, cover } = await analyze('mp3', tag, synthesizeMp3());
      expect(tags).toEqual({
        title: 'Title',
        artist: 'Artist',
        album: 'Album',
        genre: 'Techno',
        bpm: 128,
        key: 'Am',
      });
      expect(cover?.mimeType).toBe('image/png');
      expect(cover?.data.equals(png)).toBe(true);
    });

    it('drops a cover that is no picture and control characters in texts', async () => {
      const tag = id3v2Tag(
        { TIT2: 'a\x07b\x1b[31m' },
        { mimeType: 'image/png', data: latin1('<svg onload=x()>') },
      );
      const analysis = await analyze('mp3', tag, synthesizeMp3());
      expect(analysis.tags).toEqual({ title: 'a b [31m' });
      expect(analysis.cover).toBeUndefined();
    });

    it('gives up on millions of tiny tags instead of stopping the process', async () => {
      const many = Buffer.alloc(8 * 2 ** 20).fill(latin1('TIT2\0\0\0\x02\0\0\0a'));
      const comments = Buffer.alloc(6 * 2 ** 20).fill(latin1('\x03\0\0\0a=b'));
      const head = Buffer.alloc(8);
      head.writeUInt32LE(comments.length / 7, 4);
      const extraBlocks = [flacBlock(4, Buffer.concat([head, comments]), true)];
      const startedAt = performance.now();
      expect(await analyze('mp3', id3v2Header(many.length), many, synthesizeMp3())).toMatchObject({
        tags: {},
      });
      expect(await analyze('flac', synthesizeFlac({ extraBlocks }))).toMatchObject({ tags: {} });
      expect(performance.now() - startedAt).toBeLessThan(2000);
    });
  });

  it('stops when it is told to', async () => {
    const path = files.write('mp3', synthesizeMp3({ durationMs: 60_000 }));
    const reason = new Error('lease lost');
    const aborted = AbortSignal.abort(reason);
    await expect(analyzer.analyze(path, { maxDurationMs: 1e6, signal: aborted })).rejects.toBe(reason);
    const controller = new AbortController();
    const running = analyzer.analyze(path, { maxDurationMs: 1e6, signal: controller.signal });
    controller.abort(reason);
    await expect(running).rejects.toBe(reason);
  });

  it('hands on the error of the system when the file cannot be read', async () => {
    await expect(analyzer.analyze('/nowhere/a.mp3', { maxDurationMs: 1 })).rejects.toMatchObject({
      code: 'ENOENT',
    });
  });

  it('walks 100 MB without holding them, and gives the event loop its turn', async () => {
    const path = files.write('flac', synthesizeFlac({ promisedSamples: 0 }));
    appendFileSync(path, noise(2 ** 20));
    truncateSync(path, 100 * 2 ** 20);
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 5);
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;
    const sampler = setInterval(
      () => (most = Math.max(most, process.memoryUsage().arrayBuffers - before)),
      5,
    );
    expect(await analyzer.analyze(path, { maxDurationMs: MAX_DURATION_MS })).toMatchObject({
      durationMs: 1000,
    });
    clearInterval(timer);
    clearInterval(sampler);
    expect(turns).toBeGreaterThan(5);
    expect(most).toBeLessThan(60 * 2 ** 20);
  });
});

function contradictoryWav(): Buffer {
  const file = synthesizeWav();
  file.writeUInt16LE(1, 32);
  return file;
}

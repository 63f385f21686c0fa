const RATES = [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000];
const SAMPLES_PER_FRAME = 1024;
/** A raw AAC-LC block of silence in one channel. */
const SILENCE = Buffer.from([0x01, 0x18, 0x20, 0x07]);

/** What the AAC fixtures make, rounded up to whole frames. */
export interface AacOptions {
  durationMs?: number;
  sampleRateHz?: number;
}

/** A mono ADTS stream of silent frames. */
export function synthesizeAdts({ durationMs = 1000, sampleRateHz = 44_100 }: AacOptions = {}): Buffer {
  const length = 7 + SILENCE.length;
  const header = Buffer.from([0xff, 0xf1, 0x40 | (RATES.indexOf(sampleRateHz) << 2), 0x40, 0, 0x1f, 0xfc]);
  header.writeUInt16BE((length << 5) | 0x1f, 4);
  const frame = Buffer.concat([header, SILENCE]);
  return Buffer.concat(Array.from({ length: frameCount(durationMs, sampleRateHz) }, () => frame));
}

/** What {@link synthesizeM4a} makes. */
export interface M4aOptions extends AacOptions {
  /** Where the index stands; behind the samples is what most encoders do. */
  isIndexFirst?: boolean;
  /** Samples that the index names although they are not there. */
  extraPromisedSamples?: number;
  /** Replaces the sample entry's type, for example `enca`. */
  sampleEntry?: string;
  /** Adds a track of this handler and codec, for example `['vide', 'avc1']`. */
  secondTrack?: readonly [handler: string, codec: string];
  /** `[mediaTime, durationMs]` of one edit. */
  edit?: readonly [number, number];
  /** Bytes that stand in for each silent frame. */
  frame?: Buffer;
  majorBrand?: string;
}

/** A mono AAC file in MP4. */
export function synthesizeM4a(options: M4aOptions = {}): Buffer {
  const { durationMs = 1000, sampleRateHz = 44_100, isIndexFirst = false, frame = SILENCE } = options;
  const count = frameCount(durationMs, sampleRateHz);
  const brand = (options.majorBrand ?? 'M4A ') + '\0\0\0\0' + 'isommp42';
  const ftyp = mp4Box('ftyp', Buffer.from(brand, 'latin1'));
  const mdat = mp4Box('mdat', Buffer.concat(Array.from({ length: count }, () => frame)));
  const shape = { ...options, sampleRateHz, count: count + (options.extraPromisedSamples ?? 0), frame };
  const indexBytes = moov(shape, 0).length;
  const firstSample = ftyp.length + 8 + (isIndexFirst ? indexBytes : 0);
  const index = moov(shape, firstSample);
  return Buffer.concat(isIndexFirst ? [ftyp, index, mdat] : [ftyp, mdat, index]);
}

/** The same sound in one fragment; `mehd` promises `promisedMs` when given. */
export function synthesizeFragmentedM4a(options: AacOptions & { promisedMs?: number } = {}): Buffer {
  const { durationMs = 1000, sampleRateHz = 44_100 } = options;
  const count = frameCount(durationMs, sampleRateHz);
  const mehd = options.promisedMs === undefined ? [] : [mp4Box('mehd', u32s(0, options.promisedMs))];
  const mvex = mp4Box('mvex', ...mehd, mp4Box('trex', u32s(0, 1, 1, SAMPLES_PER_FRAME, SILENCE.length, 0)));
  const index = moov({ sampleRateHz, count: 0, frame: SILENCE }, 0, mvex);
  const traf = (offset: number): Buffer =>
    mp4Box('traf', mp4Box('tfhd', u32s(0x02_0000, 1)), mp4Box('trun', u32s(1, count, offset)));
  const moof = (offset: number): Buffer => mp4Box('moof', mp4Box('mfhd', u32s(0, 1)), traf(offset));
  const mdat = mp4Box('mdat', Buffer.concat(Array.from({ length: count }, () => SILENCE)));
  const ftyp = mp4Box('ftyp', Buffer.from('iso5\0\0\0\0iso5dash', 'latin1'));
  return Buffer.concat([ftyp, index, moof(moof(0).length + 8), mdat]);
}

interface MoovShape {
  sampleRateHz: number;
  count: number;
  frame: Buffer;
  sampleEntry?: string;
  secondTrack?: readonly [string, string];
  edit?: readonly [number, number];
}

function moov(shape: MoovShape, firstSample: number, ...extra: readonly Buffer[]): Buffer {
  const { sampleRateHz, count, frame, secondTrack, edit } = shape;
  const mvhd = mp4Box(
    'mvhd',
    u32s(0, 0, 0, 1000, Math.round((count * SAMPLES_PER_FRAME * 1000) / sampleRateHz)),
  );
  const edts = edit ? [mp4Box('edts', mp4Box('elst', u32s(0, 1, edit[1], edit[0], 0x1_0000)))] : [];
  const stbl = mp4Box(
    'stbl',
    mp4Box('stsd', u32s(0, 1), soundEntry(shape.sampleEntry ?? 'mp4a', sampleRateHz)),
    mp4Box('stts', u32s(0, 1, count, SAMPLES_PER_FRAME)),
    mp4Box('stsc', u32s(0, 1, 1, Math.max(1, count), 1)),
    mp4Box('stsz', u32s(0, frame.length, count)),
    mp4Box('stco', u32s(0, 1, firstSample)),
  );
  const sound = track(1, 'soun', sampleRateHz, count * SAMPLES_PER_FRAME, stbl, ...edts);
  const second = secondTrack
    ? [
        track(
          2,
          secondTrack[0],
          1000,
          0,
          mp4Box('stbl', mp4Box('stsd', u32s(0, 1), mp4Box(secondTrack[1], Buffer.alloc(78)))),
        ),
      ]
    : [];
  return mp4Box('moov', mvhd, sound, ...second, ...extra);
}

function track(
  id: number,
  handler: string,
  timescale: number,
  duration: number,
  stbl: Buffer,
  ...extra: readonly Buffer[]
): Buffer {
  const hdlr = Buffer.concat([u32s(0, 0), Buffer.from(handler, 'latin1'), Buffer.alloc(13)]);
  const mdhd = mp4Box('mdhd', u32s(0, 0, 0, timescale, duration, 0));
  const mdia = mp4Box('mdia', mdhd, mp4Box('hdlr', hdlr), mp4Box('minf', stbl));
  return mp4Box('trak', mp4Box('tkhd', u32s(0, 0, 0, id), Buffer.alloc(68)), ...extra, mdia);
}

function soundEntry(type: string, sampleRateHz: number): Buffer {
  const entry = Buffer.alloc(28);
  entry.writeUInt16BE(1, 6);
  entry.writeUInt16BE(1, 16);
  entry.writeUInt16BE(16, 18);
  entry.writeUInt32BE((sampleRateHz * 65_536) % 2 ** 32, 24);
  const rate = RATES.indexOf(sampleRateHz);
  const config = Buffer.from([(2 << 3) | (rate >>> 1), ((rate & 1) << 7) | (1 << 3)]);
  const specific = descriptor(5, config);
  const decoder = descriptor(4, Buffer.concat([Buffer.from([0x40, 0x15]), Buffer.alloc(11), specific]));
  const esds = mp4Box('esds', u32s(0), descriptor(3, Buffer.concat([Buffer.from([0, 1, 0]), decoder])));
  return mp4Box(type, entry, esds);
}

function descriptor(tag: number, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from([tag, body.length]), body]);
}

/** One MP4 box. */
export function mp4Box(type: string, ...content: readonly Buffer[]): Buffer {
  const body = Buffer.concat(content);
  const header = u32s(body.length + 8, 0);
  header.write(type, 4, 'latin1');
  return Buffer.concat([header, body]);
}

function u32s(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => bytes.writeUInt32BE(value, index * 4));
  return bytes;
}

function frameCount(durationMs: number, sampleRateHz: number): number {
  return Math.ceil((durationMs * sampleRateHz) / 1000 / SAMPLES_PER_FRAME);
}

/** What {@link synthesizeWav} makes; every field has a default that gives a small valid file. */
export interface WavOptions {
  durationMs?: number;
  sampleRateHz?: number;
  channels?: number;
  /** 8, 16, 24 or 32. */
  bitsPerSample?: number;
  /** `WAVE_FORMAT_*` tag; 1 is PCM, 3 float, 6 A-law, 7 mu-law. */
  formatTag?: number;
  /** Frequency of the sine; 0 is silence. Only 16 bit carries the sine, other depths are silent. */
  frequencyHz?: number;
  /** Data size written in the header when it should differ from the real one. */
  declaredDataBytes?: number;
  /** Whole chunks (id, size, body) put before the data chunk. */
  extraChunks?: Buffer;
}

/** A complete RIFF/WAVE file whose decoded length is exactly `durationMs`. */
export function synthesizeWav(options: WavOptions = {}): Buffer {
  const { durationMs = 1000, sampleRateHz = 44_100, channels = 2, bitsPerSample = 16 } = options;
  const blockAlign = channels * (bitsPerSample / 8);
  const frames = Math.round((durationMs * sampleRateHz) / 1000);
  const data = Buffer.alloc(frames * blockAlign);
  if (bitsPerSample === 16) fillSine(data, frames, channels, (options.frequencyHz ?? 440) / sampleRateHz);

  const format = Buffer.alloc(16);
  format.writeUInt16LE(options.formatTag ?? 1, 0);
  format.writeUInt16LE(channels, 2);
  format.writeUInt32LE(sampleRateHz, 4);
  format.writeUInt32LE(sampleRateHz * blockAlign, 8);
  format.writeUInt16LE(blockAlign, 12);
  format.writeUInt16LE(bitsPerSample, 14);

  const dataChunk = riffChunk('data', data);
  if (options.declaredDataBytes !== undefined) dataChunk.writeUInt32LE(options.declaredDataBytes, 4);
  const body = Buffer.concat([
    Buffer.from('WAVE', 'latin1'),
    riffChunk('fmt ', format),
    options.extraChunks ?? Buffer.alloc(0),
    dataChunk,
  ]);
  return riffChunk('RIFF', body);
}

/** One RIFF chunk, padded to an even length as the format asks. */
export function riffChunk(id: string, body: Buffer): Buffer {
  const header = Buffer.alloc(8);
  header.write(id, 0, 'latin1');
  header.writeUInt32LE(body.length, 4);
  return Buffer.concat([header, body, Buffer.alloc(body.length % 2)]);
}

function fillSine(data: Buffer, frames: number, channels: number, cyclesPerFrame: number): void {
  // Jest resolves globals slowly, and this runs once per sample.
  const { PI, round, sin } = Math;
  for (let frame = 0; frame < frames; frame += 1) {
    const value = round(sin(2 * PI * cyclesPerFrame * frame) * 8000);
    for (let channel = 0; channel < channels; channel += 1) {
      data.writeInt16LE(value, (frame * channels + channel) * 2);
    }
  }
}

/** What {@link synthesizeMp3} makes. */
export interface Mp3Options {
  /** Rounded up to whole frames (26.12 ms each at 44.1 kHz). */
  durationMs?: number;
  /** 44100, 48000, 32000, or the halves and quarters of them (MPEG-2 and 2.5). */
  sampleRateHz?: number;
  /** Must be a Layer III rate of the chosen MPEG version. A list is used frame by frame, in turn. */
  bitrateKbps?: number | readonly number[];
  channels?: 1 | 2;
  /** Puts an Info/Xing frame in front that promises this many frames; `true` promises the truth. */
  xingFrames?: number | true;
  /** Encoder delay and padding in samples, written as a LAME tag (needs `xingFrames`). */
  gapless?: { delaySamples: number; paddingSamples: number };
  /** Bytes before the first frame, for example {@link id3v2Tag}. */
  prefix?: Buffer;
  /** Bytes after the last frame. */
  suffix?: Buffer;
}

const MPEG1_KBPS = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
const MPEG2_KBPS = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];

/** An MPEG Layer III file of silent frames: every decoder reads `frames x samples per frame` from it. */
export function synthesizeMp3(options: Mp3Options = {}): Buffer {
  const { durationMs = 1000, sampleRateHz = 44_100, bitrateKbps = 128, channels = 2 } = options;
  const samplesPerFrame = sampleRateHz >= 32_000 ? 1152 : 576;
  const count = Math.ceil((durationMs * sampleRateHz) / 1000 / samplesPerFrame);
  const rates = typeof bitrateKbps === 'number' ? [bitrateKbps] : bitrateKbps;
  const frames = Array.from({ length: count }, (_, index) =>
    silentMp3Frame({ sampleRateHz, channels, bitrateKbps: rates[index % rates.length] ?? 128 }),
  );
  if (options.xingFrames !== undefined) {
    const promised = options.xingFrames === true ? count : options.xingFrames;
    const carrier = silentMp3Frame({
      sampleRateHz,
      channels,
      bitrateKbps: sampleRateHz >= 32_000 ? 128 : 80,
    });
    frames.unshift(xingFrame(carrier, { sampleRateHz, channels, promised, gapless: options.gapless }));
  }
  return Buffer.concat([options.prefix ?? Buffer.alloc(0), ...frames, options.suffix ?? Buffer.alloc(0)]);
}

interface Mp3FrameShape {
  sampleRateHz: number;
  channels: 1 | 2;
  bitrateKbps: number;
}

function silentMp3Frame({ sampleRateHz, channels, bitrateKbps }: Mp3FrameShape): Buffer {
  const divisor = sampleRateHz >= 32_000 ? 1 : sampleRateHz >= 16_000 ? 2 : 4;
  const bitrateIndex = (divisor === 1 ? MPEG1_KBPS : MPEG2_KBPS).indexOf(bitrateKbps);
  const rateIndex = [44_100, 48_000, 32_000].indexOf(sampleRateHz * divisor);
  if (bitrateIndex < 1 || rateIndex < 0)
    throw new Error(`no MP3 of ${bitrateKbps} kbps at ${sampleRateHz} Hz`);
  const version = divisor === 1 ? 0b11 : divisor === 2 ? 0b10 : 0b00;
  const frame = Buffer.alloc(Math.floor(((divisor === 1 ? 144_000 : 72_000) * bitrateKbps) / sampleRateHz));
  frame[0] = 0xff;
  frame[1] = 0b1110_0011 | (version << 3);
  frame[2] = (bitrateIndex << 4) | (rateIndex << 2);
  frame[3] = channels === 1 ? 0xc0 : 0x00;
  return frame;
}

interface XingShape {
  sampleRateHz: number;
  channels: 1 | 2;
  promised: number;
  gapless: Mp3Options['gapless'];
}

function xingFrame(frame: Buffer, { sampleRateHz, channels, promised, gapless }: XingShape): Buffer {
  const isMpeg1 = sampleRateHz >= 32_000;
  const sideInfoBytes = isMpeg1 ? (channels === 1 ? 17 : 32) : channels === 1 ? 9 : 17;
  const start = 4 + sideInfoBytes;
  frame.write('Xing', start, 'latin1');
  frame.writeUInt32BE(1, start + 4);
  frame.writeUInt32BE(promised, start + 8);
  if (gapless) {
    frame.write('LAME3.100', start + 12, 'latin1');
    frame.writeUIntBE((gapless.delaySamples << 12) | gapless.paddingSamples, start + 12 + 21, 3);
  }
  return frame;
}

/** An ID3v2.3 tag of Latin-1 text frames, for example `{ TIT2: 'Title', TPE1: 'Artist' }`. */
export function id3v2Tag(
  texts: Readonly<Record<string, string>>,
  picture?: { mimeType: string; data: Buffer },
): Buffer {
  const frames = Object.entries(texts).map(([id, text]) =>
    id3v2Frame(id, Buffer.concat([Buffer.from([0]), Buffer.from(text, 'latin1')])),
  );
  if (picture) {
    const head = Buffer.from(`\0${picture.mimeType}\0\x03\0`, 'latin1');
    frames.push(id3v2Frame('APIC', Buffer.concat([head, picture.data])));
  }
  const body = Buffer.concat(frames);
  return Buffer.concat([id3v2Header(body.length), body]);
}

/** The ten bytes that announce an ID3v2.3 tag of `bodyBytes`. */
export function id3v2Header(bodyBytes: number): Buffer {
  const size = [21, 14, 7, 0].map((shift) => (bodyBytes >>> shift) & 0x7f);
  return Buffer.from([0x49, 0x44, 0x33, 3, 0, 0, ...size]);
}

function id3v2Frame(id: string, body: Buffer): Buffer {
  const header = Buffer.alloc(10);
  header.write(id, 0, 'latin1');
  header.writeUInt32BE(body.length, 4);
  return Buffer.concat([header, body]);
}

/** The 128 bytes of an ID3v1 tag. */
export function id3v1Tag(title: string): Buffer {
  const tag = Buffer.alloc(128);
  tag.write('TAG', 0, 'latin1');
  tag.write(title.slice(0, 30), 3, 'latin1');
  return tag;
}

/** What {@link synthesizeFlac} makes. */
export interface FlacOptions {
  durationMs?: number;
  sampleRateHz?: number;
  /** Total that STREAMINFO promises; 0 is unknown, absent is the truth. */
  promisedSamples?: number;
  /** Whole metadata blocks (see {@link flacBlock}) put behind STREAMINFO. */
  extraBlocks?: readonly Buffer[];
}

const BLOCK_SAMPLES = 4096;

/** A mono 16-bit FLAC file of constant frames; every decoder reads `durationMs` from it. */
export function synthesizeFlac(options: FlacOptions = {}): Buffer {
  const { durationMs = 1000, sampleRateHz = 44_100, extraBlocks = [] } = options;
  const total = Math.round((durationMs * sampleRateHz) / 1000);
  const info = flacStreamInfo(sampleRateHz, options.promisedSamples ?? total);
  return Buffer.concat([
    Buffer.from('fLaC', 'latin1'),
    flacBlock(0, info, extraBlocks.length === 0),
    ...extraBlocks,
    ...flacFrames(total),
  ]);
}

/** One metadata block. */
export function flacBlock(type: number, body: Buffer, isLast: boolean): Buffer {
  const header = Buffer.alloc(4);
  header.writeUInt32BE(body.length);
  header.writeUInt8((isLast ? 0x80 : 0) | type, 0);
  return Buffer.concat([header, body]);
}

/** The 34 bytes of STREAMINFO for 16-bit mono. */
export function flacStreamInfo(sampleRateHz: number, totalSamples: number): Buffer {
  const info = Buffer.alloc(34);
  info.writeUInt16BE(BLOCK_SAMPLES, 0);
  info.writeUInt16BE(BLOCK_SAMPLES, 2);
  info.writeUIntBE(sampleRateHz * 16, 10, 3);
  info.writeUInt16BE(((sampleRateHz & 15) << 12) | (15 << 4), 12);
  info.writeUInt32BE(totalSamples, 14);
  return info;
}

/** Frames of 4096 samples, the last one shorter. */
export function flacFrames(totalSamples: number): Buffer[] {
  const frames: Buffer[] = [];
  for (let done = 0; done < totalSamples; done += BLOCK_SAMPLES) {
    frames.push(flacFrame(frames.length, Math.min(BLOCK_SAMPLES, totalSamples - done)));
  }
  return frames;
}

function flacFrame(number: number, samples: number): Buffer {
  const size = [(samples - 1) >>> 8, (samples - 1) & 0xff];
  const head = Buffer.from([0xff, 0xf8, 0x70, 0x00, ...codedNumber(number), ...size]);
  // One constant subframe: a type byte and the 16-bit value.
  const body = Buffer.concat([head, Buffer.from([crc(head, 8, 0x07), 0x00, 0x12, 0x34])]);
  const sum = crc(body, 16, 0x8005);
  return Buffer.concat([body, Buffer.from([sum >>> 8, sum & 0xff])]);
}

function codedNumber(value: number): number[] {
  if (value < 0x80) return [value];
  if (value < 0x800) return [0xc0 | (value >>> 6), 0x80 | (value & 0x3f)];
  return [0xe0 | (value >>> 12), 0x80 | ((value >>> 6) & 0x3f), 0x80 | (value & 0x3f)];
}

/** Bit by bit, so that it shares nothing with the tables of the product. */
function crc(bytes: Buffer, width: 8 | 16, polynomial: number): number {
  let value = 0;
  for (const byte of bytes) {
    for (let bit = 7; bit >= 0; bit -= 1) {
      const isOut = ((value >>> (width - 1)) & 1) !== ((byte >>> bit) & 1);
      value = (value << 1) & (2 ** width - 1);
      if (isOut) value ^= polynomial;
    }
  }
  return value;
}

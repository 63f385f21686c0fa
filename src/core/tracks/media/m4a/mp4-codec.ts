import { AAC_SAMPLE_RATES, aacChannels } from '../aac/aac-tables.js';
import type { AudioSource } from '../reading/audio-source.js';
import { MediaRejected } from '../media-rejected.js';
import { BoxReader, findBox, findFirstBox } from './mp4-boxes.js';
import type { Mp4Box } from './mp4-boxes.js';

/** What the sample description says about how samples decode. */
export interface Mp4Codec {
  readonly name: 'aac' | 'alac';
  readonly sampleRateHz: number;
  readonly channels: number;
  /** Audio samples that one MP4 sample decodes to. */
  readonly samplesPerFrame: number;
  /** Whether the first bytes of a sample can be those of a frame. */
  isFrameStart(sample: Buffer): boolean;
}

const MAX_DESCRIPTION_BYTES = 1 << 20;
/** Four times what encoders use; a larger claim would be a way to invent duration. */
const MAX_ALAC_FRAME = 16_384;
/** Bytes of a sound description behind its header, by version (QuickTime File Format, Sound Sample Description). */
const DESCRIPTION_BYTES = [28, 44, 64];
const MPEG4_AUDIO = 0x40;
const MPEG2_AAC = [0x66, 0x67, 0x68];
/** Main, LC, SSR, LTP, and SBR and PS on top of LC. */
const AAC_OBJECT_TYPES = [1, 2, 3, 4, 5, 29];

/** Reads the `stsd` box of a sound track; throws UNSUPPORTED_CODEC for all but AAC and ALAC. */
export async function readMp4Codec(source: AudioSource, stsd: Mp4Box): Promise<Mp4Codec> {
  const entry = await findFirstBox(source, { start: stsd.start + 8, end: stsd.end });
  if (!entry) throw new MediaRejected('UNREADABLE', 'The MP4 file does not describe its audio.');
  const version = (await source.read(entry.start + 8, 2)).readUInt16BE(0);
  const children = { start: entry.start + (DESCRIPTION_BYTES[version] ?? 28), end: entry.end };
  if (entry.type === 'alac') return readAlac(source, children);
  if (entry.type === 'mp4a') return readAac(source, children);
  if (entry.type === 'enca' || entry.type === 'drms') {
    throw new MediaRejected('UNSUPPORTED_CODEC', 'The audio is encrypted.');
  }
  const shown = entry.type.replace(/[^\x20-\x7e]/g, '?').trim();
  throw new MediaRejected('UNSUPPORTED_CODEC', `MP4 audio of type "${shown}" is not supported.`);
}

type Span = Pick<Mp4Box, 'start' | 'end'>;

async function readAac(source: AudioSource, children: Span): Promise<Mp4Codec> {
  const esds = (await findBox(source, children, 'esds')) ?? (await findBox(source, children, 'wave', 'esds'));
  const reader = esds && (await BoxReader.load(source, esds, MAX_DESCRIPTION_BYTES));
  if (!reader) throw new MediaRejected('UNREADABLE', 'The MP4 file does not describe its AAC audio.');
  reader.skip(4);
  return parseAudioConfig(findAudioConfig(reader));
}

/** Walks the descriptors of an `esds` box down to the AudioSpecificConfig (ISO 14496-1 7.2.6). */
function findAudioConfig(reader: BoxReader): Buffer {
  for (;;) {
    const tag = reader.u8();
    const length = descriptorLength(reader);
    if (tag === 3) {
      reader.skip(2);
      const flags = reader.u8();
      reader.skip((flags & 0x80 ? 2 : 0) + (flags & 0x20 ? 2 : 0));
      if (flags & 0x40) reader.skip(reader.u8());
    } else if (tag === 4) {
      const objectType = reader.u8();
      if (objectType !== MPEG4_AUDIO && !MPEG2_AAC.includes(objectType)) {
        const shown = objectType.toString(16);
        throw new MediaRejected('UNSUPPORTED_CODEC', `MP4 audio of object type 0x${shown} is not supported.`);
      }
      reader.skip(12);
    } else if (tag === 5) {
      return reader.rest().subarray(0, length);
    } else {
      reader.skip(length);
    }
  }
}

function descriptorLength(reader: BoxReader): number {
  let length = 0;
  for (let count = 0; count < 4; count += 1) {
    const byte = reader.u8();
    length = (length << 7) | (byte & 0x7f);
    if (byte < 0x80) break;
  }
  return length;
}

/** ISO 14496-3 1.6.2.1: object type, core sample rate, channels, and whether frames are 960 samples long. */
function parseAudioConfig(config: Buffer): Mp4Codec {
  const bits = new BitReader(config);
  const objectType = readObjectType(bits);
  if (!AAC_OBJECT_TYPES.includes(objectType)) {
    throw new MediaRejected('UNSUPPORTED_CODEC', `MPEG-4 audio object type ${objectType} is not supported.`);
  }
  const sampleRateHz = readSampleRate(bits);
  const channels = aacChannels(bits.read(4));
  if (objectType === 5 || objectType === 29) {
    readSampleRate(bits);
    readObjectType(bits);
  }
  const samplesPerFrame = bits.read(1) === 1 ? 960 : 1024;
  if (!sampleRateHz || channels === 0) {
    throw new MediaRejected(
      'UNSUPPORTED_CODEC',
      'The AAC audio does not state a standard rate and channel layout.',
    );
  }
  return { name: 'aac', sampleRateHz, channels, samplesPerFrame, isFrameStart: isAacStart };
}

function readObjectType(bits: BitReader): number {
  const type = bits.read(5);
  return type === 31 ? 32 + bits.read(6) : type;
}

function readSampleRate(bits: BitReader): number {
  const index = bits.read(4);
  return index === 15 ? bits.read(24) : (AAC_SAMPLE_RATES[index] ?? 0);
}

async function readAlac(source: AudioSource, children: Span): Promise<Mp4Codec> {
  const box = (await findBox(source, children, 'alac')) ?? (await findBox(source, children, 'wave', 'alac'));
  const cookie = box && (await source.read(box.start, 28));
  if (!cookie || cookie.length < 28) {
    throw new MediaRejected('UNREADABLE', 'The MP4 file does not describe its ALAC audio.');
  }
  const samplesPerFrame = cookie.readUInt32BE(4);
  const channels = cookie.readUInt8(13);
  const sampleRateHz = cookie.readUInt32BE(24);
  if (samplesPerFrame === 0 || samplesPerFrame > MAX_ALAC_FRAME || channels === 0 || sampleRateHz === 0) {
    throw new MediaRejected(
      'DURATION_UNKNOWN',
      'The ALAC description states no frame length, channels or rate.',
    );
  }
  return { name: 'alac', sampleRateHz, channels, samplesPerFrame, isFrameStart: isAlacStart };
}

/** A frame opens with sound, data or filling; never with coupling, low-frequency or end (ISO 14496-3 4.5.2.1). */
function isAacStart(sample: Buffer): boolean {
  return ![2, 3, 7].includes(sample.readUInt8(0) >>> 5);
}

/** A frame opens with one or two channels, an instance number and twelve zero bits. */
function isAlacStart(sample: Buffer): boolean {
  return sample.length >= 3 && sample.readUInt8(0) >>> 5 <= 1 && (sample.readUIntBE(0, 3) & 0x01_ffe0) === 0;
}

class BitReader {
  private position = 0;

  constructor(private readonly bytes: Buffer) {}

  read(count: number): number {
    let value = 0;
    for (let index = 0; index < count; index += 1, this.position += 1) {
      const byte = this.bytes[this.position >>> 3] ?? 0;
      value = value * 2 + ((byte >>> (7 - (this.position & 7))) & 1);
    }
    return value;
  }
}

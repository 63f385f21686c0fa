import { crcTable } from '../reading/crc.js';

/** The facts of STREAMINFO that frames are checked against (RFC 9639 8.2). */
export interface FlacStreamInfo {
  readonly maxBlockSamples: number;
  readonly sampleRateHz: number;
  readonly channels: number;
  readonly bitsPerSample: number;
  /** 0 when the encoder did not know. */
  readonly totalSamples: number;
}

/** One frame header (RFC 9639 9.1). */
export interface FlacFrameHeader {
  readonly headerBytes: number;
  readonly samples: number;
  /** Frame number, or number of the first sample when `isVariable`. */
  readonly number: number;
  readonly isVariable: boolean;
}

export const STREAMINFO_BYTES = 34;
export const MAX_FRAME_HEADER_BYTES = 16;

const CRC8 = crcTable(8, 0x07);
const FIXED_SAMPLE_RATES = [
  88_200, 176_400, 192_000, 8_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000,
];
const BITS_PER_SAMPLE = [0, 8, 12, -1, 16, 20, 24, 32];

/** Reads the STREAMINFO block; null when it describes nothing playable. */
export function parseStreamInfo(bytes: Buffer): FlacStreamInfo | null {
  if (bytes.length < STREAMINFO_BYTES) return null;
  const sampleRateHz = bytes.readUIntBE(10, 3) >>> 4;
  if (sampleRateHz === 0) return null;
  const packed = bytes.readUInt16BE(12);
  return {
    maxBlockSamples: bytes.readUInt16BE(2),
    sampleRateHz,
    channels: ((packed >>> 9) & 7) + 1,
    bitsPerSample: ((packed >>> 4) & 31) + 1,
    totalSamples: (bytes.readUInt8(13) & 15) * 2 ** 32 + bytes.readUInt32BE(14),
  };
}

/** Reads a frame header whose checksum is right and which fits `info`; null otherwise. */
export function parseFlacFrameHeader(
  bytes: Buffer,
  offset: number,
  info: FlacStreamInfo,
): FlacFrameHeader | null {
  if (offset + 6 > bytes.length) return null;
  const word = bytes.readUInt32BE(offset);
  if (word >>> 17 !== 0x7ffc || (word & 1) !== 0) return null;
  const sizeCode = (word >>> 12) & 15;
  const rateCode = (word >>> 8) & 15;
  const channelCode = (word >>> 4) & 15;
  const bits = BITS_PER_SAMPLE[(word >>> 1) & 7];
  const channels = channelCode < 8 ? channelCode + 1 : channelCode <= 10 ? 2 : 0;
  if (sizeCode === 0 || rateCode === 15 || channels !== info.channels) return null;
  if (bits !== 0 && bits !== info.bitsPerSample) return null;

  const coded = readCodedNumber(bytes, offset + 4);
  if (!coded) return null;
  const sizeBytes = sizeCode === 6 ? 1 : sizeCode === 7 ? 2 : 0;
  const rateBytes = rateCode === 12 ? 1 : rateCode === 13 || rateCode === 14 ? 2 : 0;
  const rateAt = coded.end + sizeBytes;
  const crcAt = rateAt + rateBytes;
  if (crcAt >= bytes.length || crc8(bytes, offset, crcAt) !== bytes.readUInt8(crcAt)) return null;
  if (sampleRate(rateCode, bytes, rateAt, info) !== info.sampleRateHz) return null;
  const samples = blockSamples(sizeCode, bytes, coded.end);
  if (samples > Math.max(info.maxBlockSamples, 1)) return null;
  return {
    headerBytes: crcAt + 1 - offset,
    samples,
    number: coded.value,
    isVariable: ((word >>> 16) & 1) === 1,
  };
}

function blockSamples(code: number, bytes: Buffer, position: number): number {
  if (code === 1) return 192;
  if (code <= 5) return 576 << (code - 2);
  if (code === 6) return bytes.readUInt8(position) + 1;
  if (code === 7) return bytes.readUInt16BE(position) + 1;
  return 256 << (code - 8);
}

function sampleRate(code: number, bytes: Buffer, position: number, info: FlacStreamInfo): number | undefined {
  if (code === 0) return info.sampleRateHz;
  if (code === 12) return bytes.readUInt8(position) * 1000;
  if (code === 13) return bytes.readUInt16BE(position);
  if (code === 14) return bytes.readUInt16BE(position) * 10;
  return FIXED_SAMPLE_RATES[code - 1];
}

/** A number of up to 36 bits in the extended form of UTF-8 that FLAC uses. */
function readCodedNumber(bytes: Buffer, position: number): { value: number; end: number } | null {
  const lead = bytes.readUInt8(position);
  if (lead < 0x80) return { value: lead, end: position + 1 };
  const ones = Math.clz32(~(lead << 24));
  if (ones < 2 || ones > 7 || position + ones > bytes.length) return null;
  let value = lead & (0x7f >>> ones);
  for (let index = 1; index < ones; index += 1) {
    const next = bytes.readUInt8(position + index);
    if (next >>> 6 !== 2) return null;
    value = value * 64 + (next & 0x3f);
  }
  return { value, end: position + ones };
}

function crc8(bytes: Buffer, from: number, to: number): number {
  let crc = 0;
  for (let index = from; index < to; index += 1) crc = CRC8[crc ^ (bytes[index] ?? 0)] ?? 0;
  return crc;
}

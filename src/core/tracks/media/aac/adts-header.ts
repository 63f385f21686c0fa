import { AAC_SAMPLE_RATES, aacChannels } from './aac-tables.js';
import { HEADER_BYTES } from '../reading/frame-walker.js';
import type { FrameHeader } from '../reading/frame-walker.js';

const SAMPLES_PER_BLOCK = 1024;
/** MPEG version, layer, profile, sample rate and channels. */
const STREAM_MASK = 0x0ff6_fdc0;

/** Reads the ADTS header at `offset` (ISO 13818-7 6.2). */
export function parseAdtsHeader(bytes: Buffer, offset: number): FrameHeader | null {
  if (offset + HEADER_BYTES > bytes.length) return null;
  const word = bytes.readUInt32BE(offset);
  if (word >>> 20 !== 0xfff || ((word >>> 17) & 3) !== 0) return null;
  const sampleRateHz = AAC_SAMPLE_RATES[(word >>> 10) & 15];
  if (sampleRateHz === undefined) return null;
  const headerBytes = (word >>> 16) & 1 ? 7 : 9;
  const lengthBytes = ((word & 3) << 11) | (bytes.readUInt16BE(offset + 4) >>> 5);
  if (lengthBytes <= headerBytes) return null;
  const samples = ((bytes.readUInt8(offset + 6) & 3) + 1) * SAMPLES_PER_BLOCK;
  return {
    lengthBytes,
    samples,
    sampleRateHz,
    channels: aacChannels((word >>> 6) & 7),
    bitrateKbps: (lengthBytes * 8 * sampleRateHz) / samples / 1000,
    streamKey: (word & STREAM_MASK) >>> 0,
  };
}

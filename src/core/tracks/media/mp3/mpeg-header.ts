import type { FrameHeader } from '../reading/frame-walker.js';

/** Header of one MPEG audio frame. */
export interface MpegHeader extends FrameHeader {
  readonly layer: 1 | 2 | 3;
  readonly isMpeg1: boolean;
  readonly hasCrc: boolean;
}

const KBPS_MPEG1: Readonly<Record<1 | 2 | 3, readonly number[]>> = {
  1: [0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
  2: [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
  3: [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
};
const KBPS_MPEG2: Readonly<Record<1 | 2 | 3, readonly number[]>> = {
  1: [0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
  2: [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
  3: [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
};
const SAMPLE_RATES_MPEG1 = [44_100, 48_000, 32_000];
const RATE_DIVISOR = [4, 0, 2, 1];

/** Version, layer and sample rate: what all frames of one MPEG stream have in common. */
const STREAM_MASK = 0xfffe_0c00;

/**
 * Reads the four header bytes at `offset` (ISO 11172-3, 13818-3 and the 2.5 extension). Free-format frames, whose
 * length no header states, are not recognised.
 */
export function parseMpegHeader(bytes: Buffer, offset: number): MpegHeader | null {
  if (offset + 4 > bytes.length) return null;
  const word = bytes.readUInt32BE(offset);
  if (word >>> 21 !== 0x7ff) return null;
  const versionBits = (word >>> 19) & 3;
  const layerBits = (word >>> 17) & 3;
  const bitrateIndex = (word >>> 12) & 15;
  const rateIndex = (word >>> 10) & 3;
  if (versionBits === 1 || layerBits === 0 || bitrateIndex === 0 || bitrateIndex === 15 || rateIndex === 3) {
    return null;
  }
  const layer = (4 - layerBits) as 1 | 2 | 3;
  const isMpeg1 = versionBits === 3;
  const bitrateKbps = (isMpeg1 ? KBPS_MPEG1 : KBPS_MPEG2)[layer][bitrateIndex] ?? 0;
  const sampleRateHz = (SAMPLE_RATES_MPEG1[rateIndex] ?? 0) / (RATE_DIVISOR[versionBits] ?? 1);
  const samples = layer === 1 ? 384 : layer === 3 && !isMpeg1 ? 576 : 1152;
  const padding = (word >>> 9) & 1;
  const slotBytes = layer === 1 ? 4 : 1;
  const slots = Math.floor((samples * bitrateKbps * 125) / sampleRateHz / slotBytes) + padding;
  return {
    lengthBytes: slots * slotBytes,
    samples,
    sampleRateHz,
    channels: ((word >>> 6) & 3) === 3 ? 1 : 2,
    bitrateKbps,
    streamKey: (word & STREAM_MASK) >>> 0,
    layer,
    isMpeg1,
    hasCrc: ((word >>> 16) & 1) === 0,
  };
}

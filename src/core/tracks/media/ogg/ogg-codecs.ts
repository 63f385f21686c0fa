import { parseFlacFrameHeader, parseStreamInfo, STREAMINFO_BYTES } from '../flac/flac-header.js';
import { parseVorbisModes, vorbisBlockSamples } from './vorbis-setup.js';

/** What an Ogg stream needs to know about the codec inside it. */
export interface OggCodec {
  readonly name: string;
  readonly sampleRateHz: number;
  readonly channels: number;
  /** Samples at the start that a player drops. */
  readonly preSkipSamples: number;
  /** Total from the codec's own header, when it has one. */
  readonly promisedSamples?: number;
  /** How much of packet number `index` must be kept to answer `takePacket`. */
  captureBytes(index: number): number;
  /** Samples that packet number `index` decodes to; 0 for headers and packets that are none of the codec's. */
  takePacket(index: number, packet: Buffer): number;
}

const AUDIO_HEAD_BYTES = 16;
const MAX_SETUP_BYTES = 4 * 2 ** 20;
const OPUS_RATE_HZ = 48_000;
const VIDEO_MARKS = ['\x80theora', 'BBCD\0', '\x01video', 'OVP80'];

/** The codec that a stream's first packet announces, or null when it is none of Vorbis, Opus and FLAC. */
export function identifyOggCodec(packet: Buffer): OggCodec | null {
  const head = packet.toString('latin1', 0, 8);
  if (head.startsWith('\x01vorbis')) return vorbisCodec(packet);
  if (head === 'OpusHead') return opusCodec(packet);
  if (head.startsWith('\x7fFLAC')) return flacCodec(packet);
  return null;
}

/** Whether a stream's first packet announces moving pictures. */
export function isOggVideo(packet: Buffer): boolean {
  const head = packet.toString('latin1', 0, 8);
  return VIDEO_MARKS.some((mark) => head.startsWith(mark));
}

function vorbisCodec(identification: Buffer): OggCodec | null {
  if (identification.length < 30) return null;
  const channels = identification.readUInt8(11);
  const sampleRateHz = identification.readUInt32LE(12);
  const sizes = identification.readUInt8(28);
  if (channels === 0 || sampleRateHz === 0) return null;
  const blockSamples: readonly [number, number] = [2 ** (sizes & 15), 2 ** (sizes >>> 4)];
  let modes: readonly boolean[] | null = null;
  let previous = 0;
  return {
    name: 'vorbis',
    sampleRateHz,
    channels,
    preSkipSamples: 0,
    captureBytes: (index) => (index === 2 ? MAX_SETUP_BYTES : AUDIO_HEAD_BYTES),
    takePacket: (index, packet) => {
      if (index === 2) modes = parseVorbisModes(packet);
      if (index <= 2 || !modes) return 0;
      const current = vorbisBlockSamples(packet, modes, blockSamples);
      if (current === 0) return 0;
      const samples = previous === 0 ? 0 : (previous + current) / 4;
      previous = current;
      return samples;
    },
  };
}

function opusCodec(head: Buffer): OggCodec | null {
  if (head.length < 19 || head.readUInt8(9) === 0) return null;
  return {
    name: 'opus',
    sampleRateHz: OPUS_RATE_HZ,
    channels: head.readUInt8(9),
    preSkipSamples: head.readUInt16LE(10),
    captureBytes: () => AUDIO_HEAD_BYTES,
    takePacket: (index, packet) => (index <= 1 ? 0 : opusPacketSamples(packet)),
  };
}

/** Frame length and count from the table-of-contents byte (RFC 6716 3.1); at most 120 ms. */
function opusPacketSamples(packet: Buffer): number {
  if (packet.length === 0) return 0;
  const toc = packet.readUInt8(0);
  const config = toc >>> 3;
  const celt = OPUS_RATE_HZ / 400;
  const frame =
    config >= 16
      ? celt << (config & 3)
      : config >= 12
        ? 480 << (config & 1)
        : (config & 3) === 3
          ? 2880
          : 480 << (config & 3);
  const code = toc & 3;
  const count = code === 0 ? 1 : code < 3 ? 2 : packet.length > 1 ? packet.readUInt8(1) & 63 : 0;
  const samples = frame * count;
  return samples <= 5760 ? samples : 0;
}

function flacCodec(head: Buffer): OggCodec | null {
  const info = parseStreamInfo(head.subarray(17, 17 + STREAMINFO_BYTES));
  if (!info) return null;
  return {
    name: 'flac',
    sampleRateHz: info.sampleRateHz,
    channels: info.channels,
    preSkipSamples: 0,
    ...(info.totalSamples > 0 ? { promisedSamples: info.totalSamples } : {}),
    captureBytes: () => AUDIO_HEAD_BYTES,
    takePacket: (index, packet) => (index === 0 ? 0 : (parseFlacFrameHeader(packet, 0, info)?.samples ?? 0)),
  };
}

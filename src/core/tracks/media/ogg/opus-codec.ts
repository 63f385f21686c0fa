import { COMMENT_HEAD_BYTES, countVorbisComments } from '../reading/vorbis-comment.js';
import { AUDIO_HEAD_BYTES } from './ogg-codec.js';
import type { OggCodec } from './ogg-codec.js';

const COMMENT_MARK = 'OpusTags';
/** Opus always decodes at this rate, whatever was recorded (RFC 7845 5.1). */
const RATE_HZ = 48_000;
const MAX_PACKET_SAMPLES = (RATE_HZ * 120) / 1000;

/** Opus: a packet states its own length. */
export class OpusCodec implements OggCodec {
  readonly name = 'opus';
  readonly sampleRateHz = RATE_HZ;
  readonly promisedSamples = 0;
  commentCount = 0;

  private hasComment = false;

  private constructor(
    readonly channels: number,
    readonly preSkipSamples: number,
  ) {}

  static identify(packet: Buffer): OpusCodec | null {
    if (packet.length < 19 || packet.toString('latin1', 0, 8) !== 'OpusHead') return null;
    const channels = packet.readUInt8(9);
    return channels === 0 ? null : new OpusCodec(channels, packet.readUInt16LE(10));
  }

  captureBytes(index: number): number {
    return index === 1 ? COMMENT_HEAD_BYTES : AUDIO_HEAD_BYTES;
  }

  takePacket(index: number, packet: Buffer): number {
    if (index === 0) return 0;
    if (index === 1) {
      this.hasComment = packet.toString('latin1', 0, COMMENT_MARK.length) === COMMENT_MARK;
      this.commentCount = countVorbisComments(packet.subarray(COMMENT_MARK.length));
      return 0;
    }
    return this.hasComment ? packetSamples(packet) : 0;
  }
}

/** Frame length and count from the table-of-contents byte (RFC 6716 3.1). */
function packetSamples(packet: Buffer): number {
  if (packet.length === 0) return 0;
  const toc = packet.readUInt8(0);
  const code = toc & 3;
  const codedCount = packet.length > 1 ? packet.readUInt8(1) & 63 : 0;
  const count = code === 0 ? 1 : code < 3 ? 2 : codedCount;
  const samples = frameSamples(toc >>> 3) * count;
  return samples <= MAX_PACKET_SAMPLES ? samples : 0;
}

function frameSamples(configuration: number): number {
  if (configuration >= 16) return 120 << (configuration & 3);
  if (configuration >= 12) return 480 << (configuration & 1);
  return (configuration & 3) === 3 ? 2880 : 480 << (configuration & 3);
}

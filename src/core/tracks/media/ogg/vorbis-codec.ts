import { COMMENT_HEAD_BYTES, countVorbisComments } from '../reading/vorbis-comment.js';
import { AUDIO_HEAD_BYTES } from './ogg-codec.js';
import type { OggCodec } from './ogg-codec.js';
import { parseVorbisModes, vorbisBlockSamples } from './vorbis-setup.js';

const MAX_SETUP_BYTES = 4 * 2 ** 20;
const COMMENT_MARK = '\x03vorbis';

/** Vorbis: packet lengths follow from the block sizes of neighbours (Vorbis I 4.3.8). */
export class VorbisCodec implements OggCodec {
  readonly name = 'vorbis';
  readonly preSkipSamples = 0;
  readonly promisedSamples = 0;
  commentCount = 0;

  private modes: readonly boolean[] | null = null;
  private hasComment = false;
  private previousBlock = 0;

  private constructor(
    readonly sampleRateHz: number,
    readonly channels: number,
    private readonly blockSamples: readonly [number, number],
  ) {}

  static identify(packet: Buffer): VorbisCodec | null {
    if (packet.length < 30 || packet.toString('latin1', 0, 7) !== '\x01vorbis') return null;
    const channels = packet.readUInt8(11);
    const sampleRateHz = packet.readUInt32LE(12);
    const sizes = packet.readUInt8(28);
    if (channels === 0 || sampleRateHz === 0) return null;
    return new VorbisCodec(sampleRateHz, channels, [2 ** (sizes & 15), 2 ** (sizes >>> 4)]);
  }

  captureBytes(index: number): number {
    if (index === 1) return COMMENT_HEAD_BYTES;
    return index === 2 ? MAX_SETUP_BYTES : AUDIO_HEAD_BYTES;
  }

  takePacket(index: number, packet: Buffer): number {
    if (index === 0) return 0;
    if (index === 1) return this.takeComment(packet);
    if (index === 2) {
      this.modes = this.hasComment ? parseVorbisModes(packet) : null;
      return 0;
    }
    if (!this.modes) return 0;
    const block = vorbisBlockSamples(packet, this.modes, this.blockSamples);
    if (block === 0) return 0;
    const samples = this.previousBlock === 0 ? 0 : (this.previousBlock + block) / 4;
    this.previousBlock = block;
    return samples;
  }

  private takeComment(packet: Buffer): number {
    this.hasComment = packet.toString('latin1', 0, COMMENT_MARK.length) === COMMENT_MARK;
    this.commentCount = countVorbisComments(packet.subarray(COMMENT_MARK.length));
    return 0;
  }
}

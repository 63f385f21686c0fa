import { parseFlacFrameHeader, parseStreamInfo, STREAMINFO_BYTES } from '../flac/flac-header.js';
import type { FlacStreamInfo } from '../flac/flac-header.js';
import { COMMENT_HEAD_BYTES, countVorbisComments } from '../reading/vorbis-comment.js';
import { AUDIO_HEAD_BYTES } from './ogg-codec.js';
import type { OggCodec } from './ogg-codec.js';

const STREAMINFO_AT = 17;
const BLOCK_HEADER_BYTES = 4;

/** FLAC in Ogg: one frame per packet (RFC 9639 10.1). */
export class OggFlacCodec implements OggCodec {
  readonly name = 'flac';
  readonly preSkipSamples = 0;
  commentCount = 0;

  private constructor(private readonly info: FlacStreamInfo) {}

  static identify(packet: Buffer): OggFlacCodec | null {
    if (packet.toString('latin1', 0, 5) !== '\x7fFLAC') return null;
    const info = parseStreamInfo(packet.subarray(STREAMINFO_AT, STREAMINFO_AT + STREAMINFO_BYTES));
    return info && new OggFlacCodec(info);
  }

  get sampleRateHz(): number {
    return this.info.sampleRateHz;
  }

  get channels(): number {
    return this.info.channels;
  }

  get promisedSamples(): number {
    return this.info.totalSamples;
  }

  captureBytes(index: number): number {
    return index === 1 ? COMMENT_HEAD_BYTES : AUDIO_HEAD_BYTES;
  }

  takePacket(index: number, packet: Buffer): number {
    if (index === 0) return 0;
    if (index === 1) this.commentCount = countVorbisComments(packet.subarray(BLOCK_HEADER_BYTES));
    return parseFlacFrameHeader(packet, 0, this.info)?.samples ?? 0;
  }
}

import type { OggCodec } from './ogg-codec.js';
import { OggFlacCodec } from './ogg-flac-codec.js';
import { OpusCodec } from './opus-codec.js';
import { VorbisCodec } from './vorbis-codec.js';

const VIDEO_MARKS = ['\x80theora', 'BBCD\0', '\x01video', 'OVP80'];

/** The codec that a stream's first packet announces, or null when it is none of Vorbis, Opus and FLAC. */
export function identifyOggCodec(packet: Buffer): OggCodec | null {
  return VorbisCodec.identify(packet) ?? OpusCodec.identify(packet) ?? OggFlacCodec.identify(packet);
}

/** Whether a stream's first packet announces moving pictures. */
export function isOggVideo(packet: Buffer): boolean {
  const head = packet.toString('latin1', 0, 8);
  return VIDEO_MARKS.some((mark) => head.startsWith(mark));
}

/** What an Ogg stream needs to know about the codec inside it. One object counts one stream. */
export interface OggCodec {
  readonly name: string;
  readonly sampleRateHz: number;
  readonly channels: number;
  /** Samples at the start that a player drops. */
  readonly preSkipSamples: number;
  /** Total from the codec's own header; 0 when it has none. */
  readonly promisedSamples: number;
  /** Entries of the comment packet; 0 before it was taken. */
  readonly commentCount: number;
  /** How much of packet number `index` must be kept for `takePacket`. */
  captureBytes(index: number): number;
  /** Samples that packet number `index` decodes to; 0 for headers and packets that are none of the codec's. */
  takePacket(index: number, packet: Buffer): number;
}

/** Enough of an audio packet to tell its length in samples. */
export const AUDIO_HEAD_BYTES = 16;

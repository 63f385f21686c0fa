import type { AudioFormat } from './audio-formats.js';

/** What the frames of a file say, before tags and before the limits. */
export interface AudioProbe {
  readonly codec: string;
  /** Length of what can be decoded. */
  readonly durationMs: number;
  /** What the file's own headers promise, when they promise anything. */
  readonly promisedMs?: number;
  readonly bitrateKbps: number;
  readonly sampleRateHz: number;
  readonly channels: number;
  /** Entries of the Vorbis comments, in the formats that have them. */
  readonly commentCount?: number;
}

/** Descriptive data found in the file; texts are trimmed and bounded, nothing is invented. */
export interface AudioTags {
  readonly title?: string;
  readonly artist?: string;
  readonly album?: string;
  readonly genre?: string;
  readonly bpm?: number;
  readonly key?: string;
}

/** A picture inside the file. `mimeType` is what the bytes are, not what the tag claims. */
export interface CoverImage {
  readonly mimeType: string;
  readonly data: Buffer;
}

/** The result of analysing a file. `durationMs` is an integer, within 100 ms or 1 % of the decoded length. */
export interface AudioAnalysis {
  readonly format: AudioFormat;
  readonly codec: string;
  readonly durationMs: number;
  readonly bitrateKbps: number;
  readonly sampleRateHz: number;
  readonly channels: number;
  readonly cover?: CoverImage;
  readonly tags: AudioTags;
}

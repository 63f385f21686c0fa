/** What must become of one real sample. */
export interface SampleExpectation {
  /** Set when the sample is accepted: its length as decoded, in seconds. */
  durationSeconds?: number;
  /** Set when the sample is refused: the code of the reason. */
  refusedWith?: string;
  /** Length of a refused sample as decoded, in seconds: refused or not, it must be measured truly. */
  decodedSeconds?: number;
}

/**
 * Ground truth of the real samples, by file name: decoded once with ffmpeg 5.1 to PCM and counted. The refused ones
 * are below the floors for MP3 (01 1.3: 128 kbps, 22050 Hz).
 */
export const SAMPLE_EXPECTATIONS: Readonly<Record<string, SampleExpectation>> = {
  'adobe-audition.wav': { durationSeconds: 0.274 },
  'adts.aac': { durationSeconds: 16.0 },
  'alaw.wav': { durationSeconds: 0.1 },
  'cbr-128-no-tags.mp3': { refusedWith: 'SAMPLE_RATE_TOO_LOW', decodedSeconds: 2.0 },
  'conformance-he-44khz.mp3': { refusedWith: 'BITRATE_TOO_LOW', decodedSeconds: 10.71 },
  'conformance-he-48khz.mp3': { durationSeconds: 3.6 },
  'flac-in-ogg.ogg': { durationSeconds: 2.907 },
  'id3v2.4-with-cover.mp3': { durationSeconds: 0.732 },
  'incomplete.mp3': { refusedWith: 'BITRATE_TOO_LOW', decodedSeconds: 49.241 },
  'lavf.flac': { durationSeconds: 5.0 },
  'missing-chunk-size.wav': { durationSeconds: 0.627 },
  'no-tags.mp3': { refusedWith: 'SAMPLE_RATE_TOO_LOW', decodedSeconds: 2.0 },
  'odd-frames.mp3': { refusedWith: 'SAMPLE_RATE_TOO_LOW', decodedSeconds: 40.176 },
  'opus.ogg': { durationSeconds: 2.907 },
  'tag-out-of-bounds.mp3': { durationSeconds: 0.418 },
  'unknown-duration.flac': { durationSeconds: 5.0 },
  'voice-memo.m4a': { durationSeconds: 1.024 },
  'vorbis.ogg': { durationSeconds: 2.907 },
};

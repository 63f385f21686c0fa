/** Why a file is refused; stable, shown to the uploader as the track's failure reason. */
export type MediaRejectionCode =
  | 'UNREADABLE'
  | 'UNSUPPORTED_CODEC'
  | 'TRUNCATED'
  | 'DURATION_UNKNOWN'
  | 'TOO_LONG'
  | 'BITRATE_TOO_LOW'
  | 'SAMPLE_RATE_TOO_LOW';

/**
 * The file itself is at fault: analysing it again gives the same answer, so the caller must not retry.
 * `message` is one English sentence for the uploader.
 */
export class MediaRejected extends Error {
  constructor(
    readonly code: MediaRejectionCode,
    message: string,
  ) {
    super(message);
    this.name = 'MediaRejected';
  }
}

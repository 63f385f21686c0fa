import { MediaRejected } from '../media-rejected.js';

/** Far more than ten minutes of any codec; a table can claim billions without holding them. */
const MAX_SAMPLES = 4_000_000;

/** Counts the samples of one track and tells those whose bytes lie inside the file from those only promised. */
export class Mp4SampleCounter {
  totalCount = 0;
  totalTicks = 0;
  readableCount = 0;
  readableBytes = 0;
  lastReadableTicks = 0;

  constructor(private readonly fileBytes: number) {}

  add(position: number, sizeBytes: number, ticks: number): void {
    this.totalCount += 1;
    if (this.totalCount > MAX_SAMPLES) {
      throw new MediaRejected(
        'UNREADABLE',
        'The MP4 file claims more samples than audio of this kind can have.',
      );
    }
    this.totalTicks += ticks;
    if (sizeBytes === 0 || position + sizeBytes > this.fileBytes) return;
    this.readableCount += 1;
    this.readableBytes += sizeBytes;
    this.lastReadableTicks = ticks;
  }
}

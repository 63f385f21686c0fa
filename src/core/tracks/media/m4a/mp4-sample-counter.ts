import { MediaRejected } from '../media-rejected.js';
import type { AudioSource } from '../reading/audio-source.js';
import type { Mp4Codec } from './mp4-codec.js';

/** Six hours of AAC; a table can claim billions without holding them. */
const MAX_SAMPLES = 1_000_000;
/** Three minutes of frames that are none: no more reading to find out how bad it is. */
const MAX_DAMAGED_SAMPLES = 10_000;
const MAX_SAMPLE_BYTES = 256 * 1024;
const ZEROS = Buffer.alloc(MAX_SAMPLE_BYTES);

/**
 * Counts the samples of one track and tells those that are there from those only promised. A sample is there when
 * its bytes lie inside the file and could start a frame: a hole left by an interrupted transfer is all zero.
 */
export class Mp4SampleCounter {
  totalCount = 0;
  totalTicks = 0;
  readableCount = 0;
  readableBytes = 0;
  lastReadableTicks = 0;

  private damagedCount = 0;
  /** Beyond the limit the file is refused anyhow and its bytes need no look. */
  private readonly checkedSamples: number;

  constructor(
    private readonly source: AudioSource,
    private readonly codec: Mp4Codec,
    maxDurationMs: number,
  ) {
    this.checkedSamples = (maxDurationMs * codec.sampleRateHz) / 1000 / codec.samplesPerFrame + 1;
  }

  /** Returns a promise only when the bytes have to be looked at, so that long tables need no turn per sample. */
  add(position: number, sizeBytes: number, ticks: number): Promise<void> | undefined {
    this.totalCount += 1;
    if (this.totalCount > MAX_SAMPLES) {
      throw new MediaRejected('UNREADABLE', 'The MP4 file claims more samples than a track can have.');
    }
    this.totalTicks += ticks;
    if (sizeBytes === 0 || sizeBytes > MAX_SAMPLE_BYTES) return undefined;
    if (position < 0 || position + sizeBytes > this.source.sizeBytes) return undefined;
    if (this.readableCount <= this.checkedSamples) return this.check(position, sizeBytes, ticks);
    this.count(sizeBytes, ticks);
    return undefined;
  }

  private async check(position: number, sizeBytes: number, ticks: number): Promise<void> {
    const view = await this.source.view(position, sizeBytes);
    const sample = view.subarray(0, sizeBytes);
    if (this.codec.isFrameStart(sample) && !sample.equals(ZEROS.subarray(0, sizeBytes))) {
      this.count(sizeBytes, ticks);
      return;
    }
    this.damagedCount += 1;
    if (this.damagedCount > MAX_DAMAGED_SAMPLES) {
      throw new MediaRejected('UNREADABLE', 'The samples of the MP4 file are damaged throughout.');
    }
  }

  private count(sizeBytes: number, ticks: number): void {
    this.readableCount += 1;
    this.readableBytes += sizeBytes;
    this.lastReadableTicks = ticks;
  }
}

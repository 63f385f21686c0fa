import { crcTable } from '../reading/crc.js';
import { parseFlacFrameHeader } from './flac-header.js';
import type { FlacFrameHeader, FlacStreamInfo } from './flac-header.js';

const CRC16 = crcTable(16, 0x8005);
/** A frame that compresses nothing, with room for headers; longer than this it is damaged. */
const FRAME_OVERHEAD_BYTES = 1024;
/** A header that comes this many frames too early would be a chance find. */
const MAX_MISSING_FRAMES = 8;

/**
 * Counts FLAC frames in one pass. A frame states no length, so its end is where the running checksum, taken over
 * the frame and its stored checksum, becomes zero in front of the next header. A header that carries the next number
 * ends a frame as well, even a damaged one: decoders give its samples, muted or distorted, and so it counts.
 */
export class FlacFrameCounter {
  samples = 0;
  frameBytes = 0;

  private current: FlacFrameHeader | null = null;
  private crc = 0;
  private currentBytes = 0;
  /** Length of the current frame at the last place where its checksum was right. */
  private matchedBytes = 0;
  private readonly maxFrameBytes: number;

  constructor(private readonly info: FlacStreamInfo) {
    const bitsPerBlock = info.maxBlockSamples * info.channels * (info.bitsPerSample + 1);
    this.maxFrameBytes = Math.ceil(bitsPerBlock / 8) + FRAME_OVERHEAD_BYTES;
  }

  /** Takes the first `length` bytes of `bytes`; what lies behind them is only looked at. */
  scan(bytes: Buffer, length: number): void {
    let crc = this.crc;
    let start = 0;
    for (let index = 0; index < length; index += 1) {
      const byte = bytes[index] ?? 0;
      if (byte === 0xff && ((bytes[index + 1] ?? 0) & 0xfe) === 0xf8) {
        this.currentBytes += index - start;
        start = index;
        if (this.meetHeader(bytes, index, crc)) crc = 0;
      }
      crc = ((crc << 8) & 0xffff) ^ (CRC16[(crc >>> 8) ^ byte] ?? 0);
      if (crc === 0 && this.current) this.matchedBytes = this.currentBytes + index + 1 - start;
    }
    this.currentBytes += length - start;
    this.crc = crc;
  }

  /** Ends the last frame: nothing but garbage may follow the place where its checksum was right. */
  finish(): void {
    this.countUpToMatch();
    this.current = null;
  }

  private meetHeader(bytes: Buffer, index: number, crc: number): boolean {
    const header = parseFlacFrameHeader(bytes, index, this.info);
    if (!header) return false;
    const isWhole = this.current !== null && crc === 0 && this.currentBytes > this.current.headerBytes;
    const isLost = this.current === null || this.currentBytes > this.maxFrameBytes;
    const missing = this.framesMissingBefore(header);
    if (!isWhole && !isLost && missing === null) return false;
    if (isWhole || missing === 0) this.count(this.currentBytes);
    else this.countUpToMatch();
    this.current = header;
    this.currentBytes = 0;
    this.matchedBytes = 0;
    return true;
  }

  /** How many frames lie between the current one and `header`; null when it is no plausible successor. */
  private framesMissingBefore(header: FlacFrameHeader): number | null {
    if (!this.current || header.isVariable !== this.current.isVariable) return null;
    const step = header.isVariable ? this.current.samples : 1;
    const missing = (header.number - this.current.number) / step - 1;
    return missing >= 0 && missing <= MAX_MISSING_FRAMES ? missing : null;
  }

  private countUpToMatch(): void {
    if (this.current && this.matchedBytes > this.current.headerBytes) this.count(this.matchedBytes);
  }

  private count(frameBytes: number): void {
    this.samples += this.current?.samples ?? 0;
    this.frameBytes += frameBytes;
  }
}

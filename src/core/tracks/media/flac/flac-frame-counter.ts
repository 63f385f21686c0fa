import { crcTable } from '../reading/crc.js';
import { parseFlacFrameHeader } from './flac-header.js';
import type { FlacFrameHeader, FlacStreamInfo } from './flac-header.js';

const CRC16 = crcTable(16, 0x8005);
/** A frame that compresses nothing, with room for headers; longer than this it is damaged. */
const FRAME_OVERHEAD_BYTES = 1024;

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

  private countUpToMatch(): void {
    if (this.current && this.matchedBytes > this.current.headerBytes) this.count(this.matchedBytes);
  }

  private meetHeader(bytes: Buffer, index: number, crc: number): boolean {
    const isWhole = this.current !== null && crc === 0 && this.currentBytes > this.current.headerBytes;
    const isLost = this.current === null || this.currentBytes > this.maxFrameBytes;
    const header = parseFlacFrameHeader(bytes, index, this.info);
    if (!header) return false;
    const isNext = this.isNext(header);
    if (!isWhole && !isLost && !isNext) return false;
    if (isWhole || isNext) this.count(this.currentBytes);
    else this.countUpToMatch();
    this.current = header;
    this.currentBytes = 0;
    this.matchedBytes = 0;
    return true;
  }

  private isNext(header: FlacFrameHeader): boolean {
    if (!this.current || header.isVariable !== this.current.isVariable) return false;
    const step = header.isVariable ? this.current.samples : 1;
    return header.number === this.current.number + step;
  }

  private count(frameBytes: number): void {
    this.samples += this.current?.samples ?? 0;
    this.frameBytes += frameBytes;
  }
}

import type { OggCodec } from './ogg-codec.js';
import type { OggPage } from './ogg-pages.js';

/** Counts the samples of one logical stream and remembers what its pages say about the end. */
export class OggStream {
  audioBytes = 0;

  private samples = 0;
  private packetIndex = 0;
  private packet: Buffer[] = [];
  private keptBytes = 0;
  private isInPacket = false;
  private nextSequence: number | null = null;
  /** Granule at which the stream's first sample lies; negative when samples are dropped in front. */
  private startGranule: number | null = null;
  private endGranule = 0;
  private isEnded = false;
  private lastPageSamples = 0;

  constructor(readonly codec: OggCodec) {}

  takePage(page: OggPage): void {
    const isGap = this.nextSequence !== null && page.sequence !== this.nextSequence;
    this.nextSequence = page.sequence + 1;
    if (isGap || !page.isContinued) this.dropPacket();
    const before = this.samples;
    this.takePackets(page, page.isContinued && !this.isInPacket);
    this.lastPageSamples = this.samples - before;
    if (this.samples > 0) this.takeGranule(page);
  }

  /** Decodable length: whole packets, without what a player drops at either end. */
  get durationMs(): number {
    const leading = this.codec.preSkipSamples + Math.max(0, -(this.startGranule ?? 0));
    const span = this.endGranule - (this.startGranule ?? 0);
    // Only the last page may end before its packets do; granules are not believed elsewhere.
    const trailing =
      this.isEnded && span > 0 ? Math.min(Math.max(0, this.samples - span), this.lastPageSamples) : 0;
    return this.toMs(Math.max(0, this.samples - trailing - leading));
  }

  get promisedMs(): number {
    const span = this.endGranule - (this.startGranule ?? 0) - this.codec.preSkipSamples;
    return this.toMs(Math.max(this.codec.promisedSamples, span));
  }

  /** Whether the headers were complete enough to measure packets. */
  get hasSamples(): boolean {
    return this.samples > 0;
  }

  private takePackets(page: OggPage, isTailOfLost: boolean): void {
    let isLost = isTailOfLost;
    let offset = 0;
    let length = 0;
    for (const segment of page.lacing) {
      length += segment;
      if (segment === 255) continue;
      if (!isLost) this.endPacket(page.body.subarray(offset, offset + length));
      isLost = false;
      offset += length;
      length = 0;
    }
    if (length > 0 && !isLost) this.keep(page.body.subarray(offset, offset + length));
  }

  private endPacket(part: Buffer): void {
    this.keep(part);
    const packet = this.packet.length === 1 ? (this.packet[0] ?? part) : Buffer.concat(this.packet);
    this.samples += this.codec.takePacket(this.packetIndex, packet);
    this.packetIndex += 1;
    this.dropPacket();
  }

  private keep(part: Buffer): void {
    const room = this.codec.captureBytes(this.packetIndex) - this.keptBytes;
    if (room > 0) this.packet.push(Buffer.from(part.subarray(0, room)));
    this.keptBytes += Math.min(part.length, Math.max(0, room));
    this.audioBytes += part.length;
    this.isInPacket = true;
  }

  private dropPacket(): void {
    this.packet = [];
    this.keptBytes = 0;
    this.isInPacket = false;
  }

  private takeGranule(page: OggPage): void {
    if (page.granule === null) return;
    if (this.startGranule === null) {
      const start = page.granule - this.samples;
      this.startGranule = page.granule === 0 || (page.isLast && start < 0) ? 0 : start;
    }
    this.endGranule = page.granule;
    this.isEnded = page.isLast;
  }

  private toMs(samples: number): number {
    return (samples * 1000) / this.codec.sampleRateHz;
  }
}

import type { AudioSource } from '../reading/audio-source.js';
import { crcTable } from '../reading/crc.js';
import { MediaRejected } from '../media-rejected.js';

/** One page of an Ogg file whose checksum is right (RFC 3533). `body` is valid until the next page is read. */
export interface OggPage {
  readonly serial: number;
  readonly sequence: number;
  readonly isContinued: boolean;
  readonly isFirst: boolean;
  readonly isLast: boolean;
  /** Samples up to the end of this page; null when no packet ends on it. */
  readonly granule: number | null;
  readonly lacing: Buffer;
  readonly body: Buffer;
}

const CRC32 = crcTable(32, 0x04c1_1db7);
const HEADER_BYTES = 27;
const MAX_PAGE_BYTES = HEADER_BYTES + 255 + 255 * 255;
/** Overlapping false pages could make a file cost many times its size; real damage stays far below this. */
const MAX_DAMAGED_BYTES = 8 * 2 ** 20;
const NO_GRANULE = 0xffff_ffff_ffff_ffffn;

/** Yields the intact pages in order and steps over everything else. */
export async function* readOggPages(source: AudioSource): AsyncGenerator<OggPage> {
  let position = 0;
  let damagedBytes = 0;
  while (position < source.sizeBytes) {
    const bytes = await source.view(position, MAX_PAGE_BYTES);
    const start = bytes.indexOf('OggS', 0, 'latin1');
    if (start < 0) {
      position += Math.max(1, bytes.length - 3);
      continue;
    }
    if (start > 0) {
      position += start;
      continue;
    }
    const pageBytes = pageLength(bytes);
    if (pageBytes === null || !isIntact(bytes, pageBytes)) {
      damagedBytes += pageBytes ?? HEADER_BYTES;
      if (damagedBytes > MAX_DAMAGED_BYTES) {
        throw new MediaRejected('UNREADABLE', 'The Ogg file is damaged throughout.');
      }
      position += 4;
      continue;
    }
    yield parsePage(bytes, pageBytes);
    position += pageBytes;
  }
}

function pageLength(bytes: Buffer): number | null {
  if (bytes.length < HEADER_BYTES || bytes.readUInt8(4) !== 0) return null;
  const segments = bytes.readUInt8(26);
  if (HEADER_BYTES + segments > bytes.length) return null;
  let length = HEADER_BYTES + segments;
  for (let index = 0; index < segments; index += 1) length += bytes.readUInt8(HEADER_BYTES + index);
  return length <= bytes.length ? length : null;
}

/** The checksum is taken with its own four bytes as zero. */
function isIntact(bytes: Buffer, length: number): boolean {
  let crc = 0;
  for (let index = 0; index < length; index += 1) {
    const byte = index >= 22 && index < 26 ? 0 : (bytes[index] ?? 0);
    crc = (crc << 8) ^ (CRC32[(crc >>> 24) ^ byte] ?? 0);
  }
  return crc >>> 0 === bytes.readUInt32LE(22);
}

function parsePage(bytes: Buffer, length: number): OggPage {
  const flags = bytes.readUInt8(5);
  const granule = bytes.readBigUInt64LE(6);
  const bodyStart = HEADER_BYTES + bytes.readUInt8(26);
  return {
    serial: bytes.readUInt32LE(14),
    sequence: bytes.readUInt32LE(18),
    isContinued: (flags & 1) !== 0,
    isFirst: (flags & 2) !== 0,
    isLast: (flags & 4) !== 0,
    granule: granule === NO_GRANULE ? null : Number(granule),
    lacing: bytes.subarray(HEADER_BYTES, bodyStart),
    body: bytes.subarray(bodyStart, length),
  };
}

import { flacBlock, flacFrames, flacStreamInfo } from './audio-fixtures-flac.js';

/** One Ogg page to be written. */
export interface OggPageShape {
  serial?: number;
  sequence: number;
  /** Absent: no packet ends here. */
  granule?: number;
  isFirst?: boolean;
  isLast?: boolean;
  packets: readonly Buffer[];
}

/** A page of whole packets with its checksum. */
export function oggPage({ serial = 1, sequence, granule, isFirst, isLast, packets }: OggPageShape): Buffer {
  const lacing = packets.flatMap(({ length }) => [
    ...Array.from({ length: Math.floor(length / 255) }, () => 255),
    length % 255,
  ]);
  const header = Buffer.alloc(27);
  header.write('OggS', 0, 'latin1');
  header.writeUInt8((isFirst ? 2 : 0) | (isLast ? 4 : 0), 5);
  header.writeBigInt64LE(BigInt(granule ?? -1), 6);
  header.writeUInt32LE(serial, 14);
  header.writeUInt32LE(sequence, 18);
  header.writeUInt8(lacing.length, 26);
  const page = Buffer.concat([header, Buffer.from(lacing), ...packets]);
  page.writeUInt32LE(oggChecksum(page), 22);
  return page;
}

/** What the Ogg fixtures have in common. */
export interface OggOptions {
  /** Rounded up to whole packets. */
  durationMs?: number;
  serial?: number;
  /** Leaves out this many pages of audio in the middle, as a damaged file does. */
  missingPages?: number;
}

const OPUS_PACKET_SAMPLES = 960;
const OPUS_SILENCE = Buffer.from([0xfc, 0xff, 0xfe]);

/** A stereo Opus file of silent 20 ms packets. */
export function synthesizeOpus(options: OggOptions = {}): Buffer {
  const count = Math.ceil((options.durationMs ?? 1000) / 20);
  const head = Buffer.concat([Buffer.from('OpusHead\x01\x02', 'latin1'), Buffer.alloc(9)]);
  const packets = Array.from({ length: count }, () => OPUS_SILENCE);
  return oggFile(options, [[head], [comment('OpusTags')]], packets, () => OPUS_PACKET_SAMPLES);
}

const VORBIS_LONG = 2048;
const VORBIS_SHORT = 256;

/**
 * The skeleton of a Vorbis file at 44.1 kHz: headers and packet heads are right, the codebooks are left out. The
 * first packet gives no samples, the others half a long block.
 */
export function synthesizeVorbisSkeleton(options: OggOptions = {}): Buffer {
  const count = Math.ceil(((options.durationMs ?? 1000) * 44.1) / (VORBIS_LONG / 2)) + 1;
  const identification = Buffer.alloc(30);
  identification.write('\x01vorbis', 0, 'latin1');
  identification.writeUInt8(2, 11);
  identification.writeUInt32LE(44_100, 12);
  identification.writeUInt8((Math.log2(VORBIS_LONG) << 4) | Math.log2(VORBIS_SHORT), 28);
  identification.writeUInt8(1, 29);
  const packets = Array.from({ length: count }, () => Buffer.from([0b0000_0010, 1, 2, 3]));
  return oggFile(options, [[identification], [comment('\x03vorbis'), vorbisSetup()]], packets, (index) =>
    index === 0 ? 0 : VORBIS_LONG / 2,
  );
}

/** FLAC at 44.1 kHz in Ogg; STREAMINFO promises `promisedSamples` (0: nothing). */
export function synthesizeOggFlac(options: OggOptions & { promisedSamples?: number } = {}): Buffer {
  const total = Math.round((options.durationMs ?? 1000) * 44.1);
  const info = flacBlock(0, flacStreamInfo(44_100, options.promisedSamples ?? 0), false);
  const head = Buffer.concat([Buffer.from('\x7fFLAC\x01\0\0\x01fLaC', 'latin1'), info]);
  return oggFile(options, [[head], [comment('\x84\0\0\x0f')]], flacFrames(total), () => 4096);
}

const PACKETS_PER_PAGE = 10;

function oggFile(
  { serial = 1, missingPages = 0 }: OggOptions,
  headers: readonly (readonly Buffer[])[],
  packets: readonly Buffer[],
  samplesOf: (index: number) => number,
): Buffer {
  const pages = headers.map((header, sequence) =>
    oggPage({ serial, sequence, granule: 0, isFirst: sequence === 0, packets: header }),
  );
  let granule = 0;
  for (let start = 0; start < packets.length; start += PACKETS_PER_PAGE) {
    const group = packets.slice(start, start + PACKETS_PER_PAGE);
    group.forEach((_, index) => (granule += samplesOf(start + index)));
    const isLast = start + PACKETS_PER_PAGE >= packets.length;
    pages.push(oggPage({ serial, sequence: pages.length, granule, isLast, packets: group }));
  }
  if (missingPages > 0) pages.splice(headers.length + 1, missingPages);
  return Buffer.concat(pages);
}

function comment(mark: string): Buffer {
  return Buffer.concat([Buffer.from(mark, 'latin1'), Buffer.from('\x03\0\0\0abc\0\0\0\0\x01', 'latin1')]);
}

/** Two modes, short then long, behind stand-ins for the codebooks. */
function vorbisSetup(): Buffer {
  const bits: number[] = [];
  const write = (value: number, count: number): void => {
    for (let index = 0; index < count; index += 1) bits.push((value >>> index) & 1);
  };
  for (const letter of Buffer.from('\x05vorbis', 'latin1')) write(letter, 8);
  for (let index = 0; index < 40; index += 1) write(0xab, 8);
  write(2 - 1, 6);
  for (const isLong of [0, 1]) {
    write(isLong, 1);
    write(0, 32);
    write(isLong, 8);
  }
  write(1, 1);
  const bytes = Buffer.alloc(Math.ceil(bits.length / 8));
  bits.forEach((bit, index) => (bytes[index >>> 3] = (bytes[index >>> 3] ?? 0) | (bit << (index & 7))));
  return bytes;
}

/** Bit by bit, so that it shares nothing with the table of the product. */
function oggChecksum(bytes: Buffer): number {
  let value = 0;
  for (const byte of bytes) {
    value ^= byte << 24;
    for (let bit = 0; bit < 8; bit += 1)
      value = value & 0x8000_0000 ? (value << 1) ^ 0x04c1_1db7 : value << 1;
  }
  return value >>> 0;
}

import type { AudioSource } from './audio-source.js';

const ID3V2_HEADER_BYTES = 10;
const ID3V1_BYTES = 128;
const MAX_TAGS = 8;

/** Length of the ID3v2 tag that starts at `offset`, header and footer included; null when there is none. */
export function parseId3v2Length(bytes: Buffer, offset: number): number | null {
  if (offset + ID3V2_HEADER_BYTES > bytes.length) return null;
  if (bytes.toString('latin1', offset, offset + 3) !== 'ID3') return null;
  const sizeBytes =
    ((bytes.readUInt8(offset + 6) & 0x7f) << 21) |
    ((bytes.readUInt8(offset + 7) & 0x7f) << 14) |
    ((bytes.readUInt8(offset + 8) & 0x7f) << 7) |
    (bytes.readUInt8(offset + 9) & 0x7f);
  const hasFooter = (bytes.readUInt8(offset + 5) & 0x10) !== 0;
  return ID3V2_HEADER_BYTES + sizeBytes + (hasFooter ? ID3V2_HEADER_BYTES : 0);
}

/** The part of a file that can hold audio. */
export interface AudioRange {
  readonly from: number;
  readonly to: number;
  /** The tag in front claims to reach beyond the file; whatever audio there is lies inside its claim. */
  readonly isTagCut: boolean;
}

/** Where the audio starts and ends between ID3v2 tags in front and an ID3v1 tag behind. */
export async function findAudioRange(source: AudioSource): Promise<AudioRange> {
  let from = 0;
  let isTagCut = false;
  for (let count = 0; count < MAX_TAGS && !isTagCut; count += 1) {
    const length = parseId3v2Length(await source.view(from, ID3V2_HEADER_BYTES), 0);
    if (length === null) break;
    isTagCut = from + length >= source.sizeBytes;
    from += isTagCut ? ID3V2_HEADER_BYTES : length;
  }
  const tail = source.sizeBytes - ID3V1_BYTES;
  const hasId3v1 = tail >= from && (await source.read(tail, 3)).toString('latin1') === 'TAG';
  return { from, to: hasId3v1 ? tail : source.sizeBytes, isTagCut };
}

import type { AudioSource } from './audio-source.js';

export const ID3V2_HEADER_BYTES = 10;
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

/** Where the audio starts and ends between ID3v2 tags in front and an ID3v1 tag behind. */
export async function findAudioRange(source: AudioSource): Promise<{ from: number; to: number }> {
  let from = 0;
  for (let count = 0; count < MAX_TAGS; count += 1) {
    const length = parseId3v2Length(await source.view(from, ID3V2_HEADER_BYTES), 0);
    if (length === null) break;
    if (from + length >= source.sizeBytes) {
      // The tag claims to reach beyond the file: whatever audio there is lies inside its claim.
      from += ID3V2_HEADER_BYTES;
      break;
    }
    from += length;
  }
  const tail = source.sizeBytes - ID3V1_BYTES;
  const hasId3v1 = tail >= from && (await source.read(tail, 3)).toString('latin1') === 'TAG';
  return { from, to: hasId3v1 ? tail : source.sizeBytes };
}

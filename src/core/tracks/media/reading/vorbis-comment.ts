/** How much of a comment has to be seen to find its count behind the vendor's name. */
export const COMMENT_HEAD_BYTES = 4096;

/**
 * Number of entries that a Vorbis comment states (Vorbis I 5.2.1); `bytes` starts at the vendor's length. A count
 * that lies beyond the bytes is infinite, because no encoder's name is that long.
 */
export function countVorbisComments(bytes: Buffer): number {
  if (bytes.length < 4) return 0;
  const at = 4 + bytes.readUInt32LE(0);
  return at + 4 <= bytes.length ? bytes.readUInt32LE(at) : Infinity;
}

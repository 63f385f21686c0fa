const MODE_BITS = 41;
const MAX_MODES = 64;

/**
 * The block-size flag of each mode, from the end of a Vorbis setup header (Vorbis I 4.2.4). The modes are the last
 * thing in it, so reading backwards spares parsing the codebooks; the count in front of them confirms the find.
 */
export function parseVorbisModes(setup: Buffer): readonly boolean[] | null {
  if (setup.toString('latin1', 0, 7) !== '\x05vorbis') return null;
  const firstBit = 7 * 8;
  let framing = setup.length * 8 - 1;
  while (framing > firstBit && readBits(setup, framing, 1) === 0) framing -= 1;

  const flags: boolean[] = [];
  let found: readonly boolean[] | null = null;
  for (let end = framing; end - MODE_BITS - 6 >= firstBit && flags.length < MAX_MODES; end -= MODE_BITS) {
    const start = end - MODE_BITS;
    const mapping = readBits(setup, end - 8, 8);
    if (mapping > 63 || readBits(setup, end - 24, 16) !== 0 || readBits(setup, end - 40, 16) !== 0) break;
    flags.unshift(readBits(setup, start, 1) === 1);
    if (readBits(setup, start - 6, 6) + 1 === flags.length) found = [...flags];
  }
  return found;
}

/** Block size of an audio packet; 0 when the packet is no audio packet. */
export function vorbisBlockSamples(
  packet: Buffer,
  modes: readonly boolean[],
  blockSamples: readonly [number, number],
): number {
  if (packet.length === 0) return 0;
  const first = packet.readUInt8(0);
  if ((first & 1) !== 0) return 0;
  const modeBits = 32 - Math.clz32(modes.length - 1);
  const isLong = modes[(first >>> 1) & ((1 << modeBits) - 1)];
  if (isLong === undefined) return 0;
  return blockSamples[isLong ? 1 : 0];
}

/** Vorbis packs bits from the least significant end of each byte. */
function readBits(bytes: Buffer, position: number, count: number): number {
  let value = 0;
  for (let index = 0; index < count; index += 1) {
    const bit = position + index;
    value |= (((bytes[bit >>> 3] ?? 0) >>> (bit & 7)) & 1) << index;
  }
  return value;
}

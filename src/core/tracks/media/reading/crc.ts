/** Table for a CRC that shifts left (most significant bit first), `bits` wide. */
export function crcTable(bits: 8 | 16 | 32, polynomial: number): Uint32Array {
  const top = 2 ** (bits - 1);
  const mask = bits === 32 ? 0xffff_ffff : 2 ** bits - 1;
  return Uint32Array.from({ length: 256 }, (_, index) => {
    let value = bits === 8 ? index : (index << (bits - 8)) >>> 0;
    for (let bit = 0; bit < 8; bit += 1) {
      value = ((value & top ? (value << 1) ^ polynomial : value << 1) & mask) >>> 0;
    }
    return value;
  });
}

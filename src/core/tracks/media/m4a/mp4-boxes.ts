import type { AudioSource } from '../reading/audio-source.js';

/** One box of an ISO base media file (ISO 14496-12 4.2). */
export interface Mp4Box {
  readonly type: string;
  /** Position of the content, behind the header. */
  readonly start: number;
  /** Where the box says that it ends; may lie behind the end of the file. */
  readonly end: number;
}

const MAX_CHILDREN = 20_000;

/** The boxes between `from` and `to`; stops where something is no box. */
export async function* readBoxes(source: AudioSource, from: number, to: number): AsyncGenerator<Mp4Box> {
  let position = from;
  for (let count = 0; count < MAX_CHILDREN && position + 8 <= to; count += 1) {
    const header = await source.read(position, 16);
    if (header.length < 8) return;
    const size = header.readUInt32BE(0);
    const isLong = size === 1 && header.length === 16;
    const headerBytes = isLong ? 16 : 8;
    const sizeBytes = isLong ? Number(header.readBigUInt64BE(8)) : size === 0 ? to - position : size;
    if (sizeBytes < headerBytes) return;
    const type = header.toString('latin1', 4, 8);
    yield { type, start: position + headerBytes, end: position + sizeBytes };
    position += sizeBytes;
  }
}

/** The first box at the end of `path` below `parent`, or null. */
export async function findBox(
  source: AudioSource,
  parent: { start: number; end: number },
  ...path: readonly string[]
): Promise<Mp4Box | null> {
  const [type, ...rest] = path;
  for await (const box of readBoxes(source, parent.start, parent.end)) {
    if (box.type !== type) continue;
    return rest.length === 0 ? box : findBox(source, box, ...rest);
  }
  return null;
}

/** The first box of any type inside `parent`, or null. */
export async function findFirstBox(
  source: AudioSource,
  parent: { start: number; end: number },
): Promise<Mp4Box | null> {
  const first: IteratorResult<Mp4Box, void> = await readBoxes(source, parent.start, parent.end).next();
  return first.value ?? null;
}

/** Big-endian numbers of one box's content, with every read checked against its end. */
export class BoxReader {
  private constructor(
    private readonly bytes: Buffer,
    private position: number,
  ) {}

  /** Loads at most `maxBytes` of the content; null when the box is longer or cut off. */
  static async load(source: AudioSource, box: Mp4Box, maxBytes: number): Promise<BoxReader | null> {
    const length = box.end - box.start;
    if (length > maxBytes) return null;
    const bytes = await source.read(box.start, length);
    return bytes.length === length ? new BoxReader(bytes, 0) : null;
  }

  get remaining(): number {
    return this.bytes.length - this.position;
  }

  u8(): number {
    return this.number(1);
  }

  u16(): number {
    return this.number(2);
  }

  u32(): number {
    return this.number(4);
  }

  i32(): number {
    return this.u32() | 0;
  }

  u64(): number {
    return this.u32() * 2 ** 32 + this.u32();
  }

  text(length: number): string {
    return this.bytes.toString('latin1', this.position, this.skip(length));
  }

  /** The rest of the content as a view. */
  rest(): Buffer {
    return this.bytes.subarray(this.position);
  }

  skip(length: number): number {
    if (length > this.remaining) throw new RangeError('the box ends before its content');
    this.position += length;
    return this.position;
  }

  private number(length: 1 | 2 | 4): number {
    const start = this.position;
    this.skip(length);
    return this.bytes.readUIntBE(start, length);
  }
}

import type { AudioSource } from '../reading/audio-source.js';
import { MediaRejected } from '../media-rejected.js';
import { BoxReader, readBoxes } from './mp4-boxes.js';
import type { Mp4Box } from './mp4-boxes.js';
import type { Mp4SampleCounter } from './mp4-sample-counter.js';

const MAX_TABLE_BYTES = 8 * 2 ** 20;

/** Walks the sample table of a track (`stbl`): where each sample lies, its size and its time. */
export async function countTableSamples(
  source: AudioSource,
  stbl: Mp4Box,
  counter: Mp4SampleCounter,
): Promise<void> {
  const tables = new Map<string, BoxReader>();
  for await (const box of readBoxes(source, stbl.start, stbl.end)) {
    if (!TABLES.includes(box.type)) continue;
    const reader = await BoxReader.load(source, box, MAX_TABLE_BYTES);
    if (!reader)
      throw new MediaRejected('UNREADABLE', `The MP4 table "${box.type}" is cut off or too large.`);
    reader.skip(4);
    tables.set(box.type, reader);
  }
  const sizes = readSizes(tables);
  const chunks = readChunkOffsets(tables);
  if (sizes.count === 0 || chunks.length === 0) return;
  const nextTicks = readTicks(tables.get('stts'));
  const samplesInChunk = readSamplesPerChunk(tables.get('stsc'));
  let index = 0;
  for (const [chunk, offset] of chunks.entries()) {
    let position = offset;
    for (let left = samplesInChunk(chunk + 1); left > 0 && index < sizes.count; left -= 1, index += 1) {
      const sizeBytes = sizes.at(index);
      const check = counter.add(position, sizeBytes, nextTicks());
      if (check) await check;
      position += sizeBytes;
    }
  }
}

const TABLES = ['stsz', 'stz2', 'stco', 'co64', 'stts', 'stsc'];

interface SampleSizes {
  readonly count: number;
  at(index: number): number;
}

function readSizes(tables: ReadonlyMap<string, BoxReader>): SampleSizes {
  const stsz = tables.get('stsz');
  if (stsz) {
    const uniform = stsz.u32();
    const count = stsz.u32();
    if (uniform > 0) return { count, at: () => uniform };
    const sizes = readList(count, stsz, 4);
    return { count: sizes.length, at: (index) => sizes[index] ?? 0 };
  }
  const stz2 = tables.get('stz2');
  if (!stz2) return { count: 0, at: () => 0 };
  const fieldBits = stz2.u32() & 0xff;
  if (fieldBits !== 8 && fieldBits !== 16) {
    throw new MediaRejected(
      'UNREADABLE',
      'The MP4 file packs its sample sizes in a form that is not supported.',
    );
  }
  const sizes = readList(stz2.u32(), stz2, fieldBits === 8 ? 1 : 2);
  return { count: sizes.length, at: (index) => sizes[index] ?? 0 };
}

function readChunkOffsets(tables: ReadonlyMap<string, BoxReader>): number[] {
  const stco = tables.get('stco');
  if (stco) return readList(stco.u32(), stco, 4);
  const co64 = tables.get('co64');
  return co64 ? readList(co64.u32(), co64, 8) : [];
}

function readList(count: number, reader: BoxReader, bytesEach: 1 | 2 | 4 | 8): number[] {
  const length = Math.min(count, Math.floor(reader.remaining / bytesEach));
  const read = { 1: () => reader.u8(), 2: () => reader.u16(), 4: () => reader.u32(), 8: () => reader.u64() }[
    bytesEach
  ];
  return Array.from({ length }, read);
}

/** Durations in order; after the table's end the last one repeats. */
function readTicks(stts: BoxReader | undefined): () => number {
  let runsLeft = stts ? stts.u32() : 0;
  let left = 0;
  let ticks = 0;
  return () => {
    while (left === 0 && runsLeft > 0 && stts && stts.remaining >= 8) {
      runsLeft -= 1;
      left = stts.u32();
      ticks = stts.u32();
    }
    left = Math.max(0, left - 1);
    return ticks;
  };
}

/** Asked with rising chunk numbers that start at 1. */
function readSamplesPerChunk(stsc: BoxReader | undefined): (chunk: number) => number {
  let runsLeft = stsc ? stsc.u32() : 0;
  let samples = 0;
  let next: { firstChunk: number; samples: number } | null = null;
  const advance = (): void => {
    next = null;
    if (!stsc || runsLeft === 0 || stsc.remaining < 12) return;
    runsLeft -= 1;
    next = { firstChunk: stsc.u32(), samples: stsc.u32() };
    stsc.skip(4);
  };
  advance();
  return (chunk) => {
    while (next && next.firstChunk <= chunk) {
      samples = next.samples;
      advance();
    }
    return samples;
  };
}

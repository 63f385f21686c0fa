import type { AudioSource } from '../reading/audio-source.js';
import { BoxReader, findBox, readBoxes } from './mp4-boxes.js';
import type { Mp4Box } from './mp4-boxes.js';
import type { Mp4SampleCounter } from './mp4-sample-counter.js';

/** Sizes and times that hold where a fragment states none. */
export interface FragmentDefaults {
  readonly ticks: number;
  readonly sizeBytes: number;
}

const MAX_BOX_BYTES = 8 * 2 ** 20;
const HAS = { baseOffset: 0x1, description: 0x2, duration: 0x8, size: 0x10, flags: 0x20 };
const RUN = {
  dataOffset: 0x1,
  firstFlags: 0x4,
  duration: 0x100,
  size: 0x200,
  flags: 0x400,
  timeOffset: 0x800,
};

/** The defaults of `trackId` in the `mvex` box (ISO 14496-12 8.8.3). */
export async function readFragmentDefaults(
  source: AudioSource,
  mvex: Mp4Box,
  trackId: number,
): Promise<FragmentDefaults> {
  for await (const box of readBoxes(source, mvex.start, mvex.end)) {
    if (box.type !== 'trex') continue;
    const reader = await BoxReader.load(source, box, MAX_BOX_BYTES);
    if (!reader || reader.remaining < 24) continue;
    reader.skip(4);
    if (reader.u32() !== trackId) continue;
    reader.skip(4);
    return { ticks: reader.u32(), sizeBytes: reader.u32() };
  }
  return { ticks: 0, sizeBytes: 0 };
}

/** Adds the samples of `trackId` in one movie fragment (`moof`). */
export async function countFragmentSamples(
  source: AudioSource,
  moof: Mp4Box,
  track: { id: number; defaults: FragmentDefaults },
  counter: Mp4SampleCounter,
): Promise<void> {
  for await (const traf of readBoxes(source, moof.start, moof.end)) {
    if (traf.type !== 'traf') continue;
    const tfhd = await findBox(source, traf, 'tfhd');
    const header = tfhd && (await BoxReader.load(source, tfhd, MAX_BOX_BYTES));
    if (!header) continue;
    const flags = header.u32();
    if (header.u32() !== track.id) continue;
    // Without an explicit base, offsets count from the start of the moof box, eight bytes before its content.
    let base = moof.start - 8;
    if (flags & HAS.baseOffset) base = header.u64();
    if (flags & HAS.description) header.skip(4);
    const ticks = flags & HAS.duration ? header.u32() : track.defaults.ticks;
    const sizeBytes = flags & HAS.size ? header.u32() : track.defaults.sizeBytes;
    await countRuns(source, traf, { base, defaults: { ticks, sizeBytes } }, counter);
  }
}

async function countRuns(
  source: AudioSource,
  traf: Mp4Box,
  { base, defaults }: { base: number; defaults: FragmentDefaults },
  counter: Mp4SampleCounter,
): Promise<void> {
  let position = base;
  for await (const box of readBoxes(source, traf.start, traf.end)) {
    if (box.type !== 'trun') continue;
    const run = await BoxReader.load(source, box, MAX_BOX_BYTES);
    if (!run) return;
    const flags = run.u32() & 0xff_ffff;
    const count = run.u32();
    if (flags & RUN.dataOffset) position = base + run.i32();
    if (flags & RUN.firstFlags) run.skip(4);
    for (let index = 0; index < count; index += 1) {
      const ticks = flags & RUN.duration ? run.u32() : defaults.ticks;
      const sizeBytes = flags & RUN.size ? run.u32() : defaults.sizeBytes;
      run.skip((flags & RUN.flags ? 4 : 0) + (flags & RUN.timeOffset ? 4 : 0));
      const check = counter.add(position, sizeBytes, ticks);
      if (check) await check;
      position += sizeBytes;
    }
  }
}

import type { AudioProbe } from '../audio-analysis.js';
import type { AudioSource } from '../reading/audio-source.js';
import { MediaRejected } from '../media-rejected.js';
import { BoxReader, readBoxes } from './mp4-boxes.js';
import type { Mp4Box } from './mp4-boxes.js';
import { countFragmentSamples, readFragmentDefaults } from './mp4-fragments.js';
import { Mp4SampleCounter } from './mp4-sample-counter.js';
import { countTableSamples } from './mp4-sample-table.js';
import { readAudioTrack } from './mp4-track.js';
import type { Mp4AudioTrack } from './mp4-track.js';

const MAX_FRAGMENT_HEADER_BYTES = 32;

/** Counts the AAC or ALAC samples that are in the file, from the sample table or from fragments. */
export async function probeM4a(source: AudioSource, maxDurationMs: number): Promise<AudioProbe> {
  try {
    return await probe(source, maxDurationMs);
  } catch (error) {
    if (error instanceof RangeError) {
      throw new MediaRejected('UNREADABLE', 'The MP4 structure of the file is damaged.');
    }
    throw error;
  }
}

async function probe(source: AudioSource, maxDurationMs: number): Promise<AudioProbe> {
  const { moov, fragments, isCut } = await readTopLevel(source);
  if (!moov) {
    throw isCut
      ? new MediaRejected('TRUNCATED', 'The file ends before its index: part of it is missing.')
      : new MediaRejected('UNREADABLE', 'The MP4 file has no index.');
  }
  const track = await readAudioTrack(source, moov);
  const counter = new Mp4SampleCounter(source, track.codec, maxDurationMs);
  await countTableSamples(source, track.stbl, counter);
  let promisedFragmentMs = 0;
  if (track.mvex) {
    const fragmented = { id: track.id, defaults: await readFragmentDefaults(source, track.mvex, track.id) };
    for (const moof of fragments) await countFragmentSamples(source, moof, fragmented, counter);
    promisedFragmentMs = await readPromisedFragments(source, track.mvex, track.movieTimescale);
  }
  return describe(track, counter, promisedFragmentMs);
}

function describe(track: Mp4AudioTrack, counter: Mp4SampleCounter, promisedFragmentMs: number): AudioProbe {
  if (counter.readableCount === 0) {
    throw counter.totalCount > 0
      ? new MediaRejected('TRUNCATED', 'The samples that the MP4 index names are not in the file.')
      : new MediaRejected('UNREADABLE', 'The MP4 file contains no audio samples.');
  }
  const { codec, timescale } = track;
  const frameMs = (codec.samplesPerFrame * 1000) / codec.sampleRateHz;
  const statedLastMs = (counter.lastReadableTicks * 1000) / timescale;
  // An AAC frame always decodes whole; the last one of ALAC may be shorter.
  const lastMs = codec.name === 'alac' && statedLastMs > 0 ? Math.min(frameMs, statedLastMs) : frameMs;
  const readableMs = (counter.readableCount - 1) * frameMs + lastMs;
  const totalMs = Math.max((counter.totalCount - 1) * frameMs, (counter.totalTicks * 1000) / timescale);
  return {
    codec: codec.name,
    durationMs: playableMs(track, readableMs, frameMs),
    promisedMs: playableMs(track, Math.max(totalMs, track.statedMs, promisedFragmentMs), frameMs),
    bitrateKbps: (counter.readableBytes * 8) / readableMs,
    sampleRateHz: codec.sampleRateHz,
    channels: codec.channels,
  };
}

/**
 * What the edit list leaves of `mediaMs`; it usually only cuts off the encoder's delay. Decoders give whole frames, so
 * an edit that ends inside one reaches to that frame's end.
 */
function playableMs(track: Mp4AudioTrack, mediaMs: number, frameMs: number): number {
  const edits = track.edits.filter((edit) => edit.startMs !== null);
  if (edits.length === 0) return mediaMs;
  let total = 0;
  for (const { startMs, durationMs } of edits) {
    const start = startMs ?? 0;
    const end = durationMs === 0 ? mediaMs : Math.ceil((start + durationMs) / frameMs) * frameMs;
    total += Math.max(0, Math.min(end, mediaMs) - start);
  }
  return Math.min(total, mediaMs);
}

async function readTopLevel(
  source: AudioSource,
): Promise<{ moov: Mp4Box | null; fragments: Mp4Box[]; isCut: boolean }> {
  let moov: Mp4Box | null = null;
  let isCut = false;
  const fragments: Mp4Box[] = [];
  for await (const box of readBoxes(source, 0, source.sizeBytes)) {
    isCut = box.end > source.sizeBytes;
    if (box.type === 'moov' && !isCut) moov ??= box;
    if (box.type === 'moof' && !isCut) fragments.push(box);
  }
  return { moov, fragments, isCut };
}

async function readPromisedFragments(source: AudioSource, mvex: Mp4Box, timescale: number): Promise<number> {
  for await (const box of readBoxes(source, mvex.start, mvex.end)) {
    if (box.type !== 'mehd') continue;
    const reader = await BoxReader.load(source, box, MAX_FRAGMENT_HEADER_BYTES);
    if (!reader) return 0;
    const ticks = reader.u32() >>> 24 === 1 ? reader.u64() : reader.u32();
    return (ticks * 1000) / timescale;
  }
  return 0;
}

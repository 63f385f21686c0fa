import type { AudioSource } from '../reading/audio-source.js';
import { MediaRejected } from '../media-rejected.js';
import { BoxReader, findBox, readBoxes } from './mp4-boxes.js';
import type { Mp4Box } from './mp4-boxes.js';
import { readMp4Codec } from './mp4-codec.js';
import type { Mp4Codec } from './mp4-codec.js';

/** One entry of an edit list; `startMs` null is silence in front. A duration of 0 reaches to the end. */
export interface Mp4Edit {
  readonly startMs: number | null;
  readonly durationMs: number;
}

/** The sound track of a movie. */
export interface Mp4AudioTrack {
  readonly id: number;
  readonly timescale: number;
  readonly movieTimescale: number;
  /** Length of the media as its own header states it; 0 when it does not. */
  readonly statedMs: number;
  readonly codec: Mp4Codec;
  readonly edits: readonly Mp4Edit[];
  readonly stbl: Mp4Box;
  /** Present when samples may follow in fragments. */
  readonly mvex: Mp4Box | null;
}

const MAX_HEADER_BYTES = 1 << 20;
const MAX_EDITS = 1000;
/** Chapter pictures are a "video" track of stills. */
const STILL_CODECS = ['jpeg', 'png ', 'mjpg', 'mjpa', 'mjpb', 'gif '];

/** Finds the first sound track; a track of moving pictures refuses the file. */
export async function readAudioTrack(source: AudioSource, moov: Mp4Box): Promise<Mp4AudioTrack> {
  const { timescale: movieTimescale } = await readClock(source, await findBox(source, moov, 'mvhd'));
  let sound: Mp4Box | null = null;
  for await (const trak of readBoxes(source, moov.start, moov.end)) {
    if (trak.type !== 'trak') continue;
    const handler = await readHandler(source, trak);
    if (handler === 'soun') sound ??= trak;
    if (handler === 'vide' && (await isMovingPicture(source, trak))) {
      throw new MediaRejected('UNSUPPORTED_CODEC', 'The MP4 file contains video.');
    }
  }
  if (!sound) throw new MediaRejected('UNSUPPORTED_CODEC', 'The MP4 file contains no audio track.');
  const stbl = await findBox(source, sound, 'mdia', 'minf', 'stbl');
  const stsd = stbl && (await findBox(source, stbl, 'stsd'));
  if (!stbl || !stsd) throw new MediaRejected('UNREADABLE', 'The MP4 file does not describe its audio.');
  const { timescale, durationMs } = await readClock(source, await findBox(source, sound, 'mdia', 'mdhd'));
  if (timescale === 0 || movieTimescale === 0) {
    throw new MediaRejected('DURATION_UNKNOWN', 'The MP4 file states no time scale.');
  }
  return {
    id: await readTrackId(source, sound),
    timescale,
    movieTimescale,
    statedMs: durationMs,
    codec: await readMp4Codec(source, stsd),
    edits: await readEdits(source, sound, { timescale, movieTimescale }),
    stbl,
    mvex: await findBox(source, moov, 'mvex'),
  };
}

async function readHandler(source: AudioSource, trak: Mp4Box): Promise<string | null> {
  const hdlr = await findBox(source, trak, 'mdia', 'hdlr');
  return hdlr && (await source.read(hdlr.start + 8, 4)).toString('latin1');
}

async function isMovingPicture(source: AudioSource, trak: Mp4Box): Promise<boolean> {
  const stsd = await findBox(source, trak, 'mdia', 'minf', 'stbl', 'stsd');
  const type = stsd && (await source.read(stsd.start + 12, 4)).toString('latin1');
  return type === null || !STILL_CODECS.includes(type);
}

interface MediaClock {
  readonly timescale: number;
  /** 0 when unknown. */
  readonly durationMs: number;
}

/** `mvhd` and `mdhd` hold scale and duration at the same place; a duration of all ones is unknown. */
async function readClock(source: AudioSource, box: Mp4Box | null): Promise<MediaClock> {
  const reader = box && (await BoxReader.load(source, box, MAX_HEADER_BYTES));
  if (!reader) return { timescale: 0, durationMs: 0 };
  const isLong = reader.u32() >>> 24 === 1;
  reader.skip(isLong ? 16 : 8);
  const timescale = reader.u32();
  const duration = isLong ? reader.u64() : reader.u32();
  const isKnown = timescale > 0 && duration < (isLong ? Number.MAX_SAFE_INTEGER : 0xffff_ffff);
  return { timescale, durationMs: isKnown ? (duration * 1000) / timescale : 0 };
}

async function readTrackId(source: AudioSource, trak: Mp4Box): Promise<number> {
  const tkhd = await findBox(source, trak, 'tkhd');
  const reader = tkhd && (await BoxReader.load(source, tkhd, MAX_HEADER_BYTES));
  if (!reader) return 0;
  reader.skip(reader.u32() >>> 24 === 1 ? 16 : 8);
  return reader.u32();
}

async function readEdits(
  source: AudioSource,
  trak: Mp4Box,
  { timescale, movieTimescale }: { timescale: number; movieTimescale: number },
): Promise<Mp4Edit[]> {
  const elst = await findBox(source, trak, 'edts', 'elst');
  const reader = elst && (await BoxReader.load(source, elst, MAX_HEADER_BYTES));
  if (!reader) return [];
  const isLong = reader.u32() >>> 24 === 1;
  const count = Math.min(reader.u32(), MAX_EDITS);
  const edits: Mp4Edit[] = [];
  for (let index = 0; index < count; index += 1) {
    const duration = isLong ? reader.u64() : reader.u32();
    const high = isLong ? reader.i32() : 0;
    const low = isLong ? reader.u32() : reader.i32();
    reader.skip(4);
    const start = isLong ? high * 2 ** 32 + low : low;
    edits.push({
      startMs: start < 0 ? null : (start * 1000) / timescale,
      durationMs: (duration * 1000) / movieTimescale,
    });
  }
  return edits;
}

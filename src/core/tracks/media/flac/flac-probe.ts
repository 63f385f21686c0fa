import type { AudioProbe } from '../audio-analysis.js';
import type { AudioSource } from '../reading/audio-source.js';
import { FlacFrameCounter } from './flac-frame-counter.js';
import { MAX_FRAME_HEADER_BYTES, parseStreamInfo } from './flac-header.js';
import type { FlacStreamInfo } from './flac-header.js';
import { findAudioRange } from '../reading/id3-boundaries.js';
import { COMMENT_HEAD_BYTES, countVorbisComments } from '../reading/vorbis-comment.js';
import { MediaRejected } from '../media-rejected.js';

const MAX_METADATA_BLOCKS = 1000;

/** Counts the frames that are there; STREAMINFO holds the promise. */
export async function probeFlac(source: AudioSource, maxDurationMs: number): Promise<AudioProbe> {
  const range = await findAudioRange(source);
  const { info, audioStart, commentCount } = await readMetadata(source, range.from);
  const counter = await countFrames(source, { from: audioStart, to: range.to }, info, maxDurationMs);
  if (counter.samples === 0) {
    if (info.totalSamples > 0) {
      throw new MediaRejected('TRUNCATED', 'The FLAC file promises audio and holds no readable frame.');
    }
    throw new MediaRejected('UNREADABLE', 'The FLAC file contains no readable frame.');
  }
  const durationMs = (counter.samples * 1000) / info.sampleRateHz;
  return {
    codec: 'flac',
    durationMs,
    ...(info.totalSamples > 0 ? { promisedMs: (info.totalSamples * 1000) / info.sampleRateHz } : {}),
    bitrateKbps: (counter.frameBytes * 8) / durationMs,
    sampleRateHz: info.sampleRateHz,
    channels: info.channels,
    commentCount,
  };
}

async function readMetadata(
  source: AudioSource,
  from: number,
): Promise<{ info: FlacStreamInfo; audioStart: number; commentCount: number }> {
  let info: FlacStreamInfo | null = null;
  let commentCount = 0;
  let position = from + 4;
  for (let count = 0; count < MAX_METADATA_BLOCKS; count += 1) {
    const header = await source.read(position, 4);
    if (header.length < 4) break;
    const sizeBytes = header.readUIntBE(1, 3);
    const type = header.readUInt8(0) & 0x7f;
    if (type === 0) info ??= parseStreamInfo(await source.read(position + 4, sizeBytes));
    if (type === 4) {
      const head = await source.read(position + 4, Math.min(sizeBytes, COMMENT_HEAD_BYTES));
      commentCount += countVorbisComments(head);
    }
    position += 4 + sizeBytes;
    if (header.readUInt8(0) >= 0x80) break;
  }
  if (!info) throw new MediaRejected('UNREADABLE', 'The FLAC file has no stream information.');
  return { info, audioStart: position, commentCount };
}

async function countFrames(
  source: AudioSource,
  range: { from: number; to: number },
  info: FlacStreamInfo,
  maxDurationMs: number,
): Promise<FlacFrameCounter> {
  const counter = new FlacFrameCounter(info);
  const limitSamples = (maxDurationMs * info.sampleRateHz) / 1000;
  let position = range.from;
  while (position < range.to && counter.samples <= limitSamples) {
    const view = await source.view(position, 4 * MAX_FRAME_HEADER_BYTES);
    const bytes = view.subarray(0, range.to - position);
    const isLast = position + bytes.length >= range.to || bytes.length <= MAX_FRAME_HEADER_BYTES;
    const scanned = isLast ? bytes.length : bytes.length - MAX_FRAME_HEADER_BYTES;
    counter.scan(bytes, scanned);
    position += scanned;
    if (isLast) break;
  }
  counter.finish();
  return counter;
}

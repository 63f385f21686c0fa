import type { AudioProbe } from '../audio-analysis.js';
import type { AudioSource } from '../reading/audio-source.js';
import { walkFrames } from '../reading/frame-walker.js';
import { findAudioRange } from '../reading/id3-boundaries.js';
import { MediaRejected } from '../media-rejected.js';
import { parseMpegHeader } from './mpeg-header.js';
import type { MpegHeader } from './mpeg-header.js';
import { parseMpegInfoFrame } from './mpeg-info-frame.js';
import type { MpegInfo } from './mpeg-info-frame.js';
import { SampleTally } from '../reading/sample-tally.js';

interface Mp3Walk {
  first: MpegHeader | null;
  info: MpegInfo | null;
  tally: SampleTally;
  audioBytes: number;
  isConstantBitrate: boolean;
}

/**
 * Counts the complete MPEG frames. Only Layer III passes: no browser plays the other two. Walking stops as soon as
 * the limit is passed, so the duration of a longer file is only known to exceed it.
 */
export async function probeMp3(source: AudioSource, maxDurationMs: number): Promise<AudioProbe> {
  const range = await findAudioRange(source);
  const walk = await walkMpeg(source, range, maxDurationMs);
  const { first, info, tally } = walk;
  if (!first || tally.durationMs === 0) {
    throw info || range.isTagCut
      ? new MediaRejected('TRUNCATED', 'The file ends before its audio.')
      : new MediaRejected('UNREADABLE', 'The file contains no readable MPEG audio frame.');
  }
  if (first.layer !== 3) {
    throw new MediaRejected(
      'UNSUPPORTED_CODEC',
      `MPEG Layer ${first.layer} audio is not supported; Layer III is.`,
    );
  }
  const samplesToMs = 1000 / first.sampleRateHz;
  const trimMs = (info?.trimSamples ?? 0) * samplesToMs;
  return {
    codec: 'mp3',
    durationMs: trimMs < tally.durationMs ? tally.durationMs - trimMs : tally.durationMs,
    ...promiseOf(info, first, trimMs),
    bitrateKbps: walk.isConstantBitrate ? first.bitrateKbps : (walk.audioBytes * 8) / tally.durationMs,
    sampleRateHz: first.sampleRateHz,
    channels: first.channels,
  };
}

function promiseOf(info: MpegInfo | null, first: MpegHeader, trimMs: number): { promisedMs?: number } {
  if (info?.frameCount === undefined) return {};
  return { promisedMs: (info.frameCount * first.samples * 1000) / first.sampleRateHz - trimMs };
}

async function walkMpeg(
  source: AudioSource,
  range: { from: number; to: number },
  maxDurationMs: number,
): Promise<Mp3Walk> {
  const walk: Mp3Walk = {
    first: null,
    info: null,
    tally: new SampleTally(),
    audioBytes: 0,
    isConstantBitrate: true,
  };
  let nominalKbps: number | null = null;
  await walkFrames(source, range, parseMpegHeader, (header, frame) => {
    if (walk.first === null) {
      walk.first = header;
      walk.info = parseMpegInfoFrame(header, frame);
      if (walk.info) return true;
    }
    nominalKbps ??= header.bitrateKbps;
    walk.isConstantBitrate &&= header.bitrateKbps === nominalKbps;
    walk.audioBytes += header.lengthBytes;
    walk.tally.add(header.samples, header.sampleRateHz);
    return walk.tally.durationMs <= maxDurationMs + TRIM_ALLOWANCE_MS;
  });
  return walk;
}

/** Delay and padding are cut off after counting; two 12-bit sample counts at 8 kHz are 1.02 s. */
const TRIM_ALLOWANCE_MS = 1100;

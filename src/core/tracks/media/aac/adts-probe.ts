import type { AudioProbe } from '../audio-analysis.js';
import type { AudioSource } from '../reading/audio-source.js';
import { parseAdtsHeader } from './adts-header.js';
import { walkFrames } from '../reading/frame-walker.js';
import type { FrameHeader } from '../reading/frame-walker.js';
import { findAudioRange } from '../reading/id3-boundaries.js';
import { MediaRejected } from '../media-rejected.js';
import { SampleTally } from '../reading/sample-tally.js';

/** Counts the complete ADTS frames; the format promises no total. */
export async function probeAdts(source: AudioSource, maxDurationMs: number): Promise<AudioProbe> {
  const tally = new SampleTally();
  let audioBytes = 0;
  let first: FrameHeader | null = null as FrameHeader | null;
  await walkFrames(source, await findAudioRange(source), parseAdtsHeader, (header) => {
    first ??= header;
    audioBytes += header.lengthBytes;
    tally.add(header.samples, header.sampleRateHz);
    return tally.durationMs <= maxDurationMs;
  });
  if (!first) throw new MediaRejected('UNREADABLE', 'The file contains no readable AAC frame.');
  if (first.channels === 0) {
    throw new MediaRejected('UNSUPPORTED_CODEC', 'The AAC stream does not state a standard channel layout.');
  }
  return {
    codec: 'aac',
    durationMs: tally.durationMs,
    bitrateKbps: (audioBytes * 8) / tally.durationMs,
    sampleRateHz: first.sampleRateHz,
    channels: first.channels,
  };
}

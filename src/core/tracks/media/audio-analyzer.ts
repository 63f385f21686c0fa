import { fileTypeFromBuffer } from 'file-type';
import type { AudioAnalysis, AudioProbe } from './audio-analysis.js';
import { probeAdts } from './aac/adts-probe.js';
import { AUDIO_FORMATS, findFormatByMimeType } from './audio-formats.js';
import type { AudioFormat } from './audio-formats.js';
import { AudioSource } from './reading/audio-source.js';
import { probeFlac } from './flac/flac-probe.js';
import { findAudioRange } from './reading/id3-boundaries.js';
import { probeM4a } from './m4a/m4a-probe.js';
import { MediaRejected } from './media-rejected.js';
import { probeMp3 } from './mp3/mp3-probe.js';
import { probeOgg } from './ogg/ogg-probe.js';
import { sniffAudioFormat, SNIFF_BYTES } from './sniff-audio-format.js';
import { areTagsHarmless } from './tag-gate.js';
import { readTags } from './tag-reader.js';
import { probeWav } from './wav/wav-probe.js';

/** Limits and cancellation of one analysis. */
export interface AnalyzeOptions {
  readonly maxDurationMs: number;
  readonly signal?: AbortSignal;
}

const ACCEPTED = 'MP3, WAV, FLAC, Ogg, M4A and AAC are accepted';
/** A header may promise this much more than can be read before the file counts as cut off (decisions, Files and media). */
const MAX_PROMISE_RATIO = 1.05;

/**
 * Finds out what an audio file really contains by walking its frames. The file is read once through a small window;
 * memory does not grow with its size and the event loop gets its turn at each read.
 */
export class AudioAnalyzer {
  /**
   * @throws MediaRejected when the file is at fault (damage before codec, codec before limits)
   * @throws the signal's reason when aborted, and the system's error when the file cannot be opened or read
   */
  async analyze(filePath: string, options: AnalyzeOptions): Promise<AudioAnalysis> {
    const source = await AudioSource.open(filePath, options.signal);
    try {
      const { format, probe } = await this.probe(source, options.maxDurationMs);
      const durationMs = this.acceptedDuration(format, probe, options.maxDurationMs);
      options.signal?.throwIfAborted();
      const hasTags = await areTagsHarmless(source, format, probe);
      const { tags, cover } = hasTags ? await readTags(filePath) : { tags: {} };
      options.signal?.throwIfAborted();
      return {
        format,
        codec: probe.codec,
        durationMs,
        bitrateKbps: Math.round(probe.bitrateKbps),
        sampleRateHz: probe.sampleRateHz,
        channels: probe.channels,
        tags,
        ...(cover ? { cover } : {}),
      };
    } finally {
      await source.close();
    }
  }

  private async probe(
    source: AudioSource,
    maxDurationMs: number,
  ): Promise<{ format: AudioFormat; probe: AudioProbe }> {
    if (source.sizeBytes === 0) throw new MediaRejected('UNREADABLE', 'The file is empty.');
    const format = await this.detectFormat(source);
    switch (format) {
      case 'mp3':
        return { format, probe: await probeMp3(source, maxDurationMs) };
      case 'aac':
        return { format, probe: await probeAdts(source, maxDurationMs) };
      case 'wav':
        return { format, probe: await probeWav(source) };
      case 'flac':
        return { format, probe: await probeFlac(source, maxDurationMs) };
      case 'ogg':
        return { format, probe: await probeOgg(source, maxDurationMs) };
      case 'm4a':
        return { format, probe: await probeM4a(source, maxDurationMs) };
    }
  }

  /** The bytes behind an ID3v2 tag decide, however long the tag is. */
  private async detectFormat(source: AudioSource): Promise<AudioFormat> {
    const firstBytes = await source.read(0, SNIFF_BYTES);
    const { from } = await findAudioRange(source);
    const behindTag = from > 0 ? await sniffAudioFormat(await source.read(from, SNIFF_BYTES)) : null;
    if (behindTag === 'flac' || behindTag === 'aac') return behindTag;
    const format = await sniffAudioFormat(firstBytes);
    if (format) return format;
    // The Ogg probe names what it found instead.
    if (firstBytes.toString('latin1', 0, 4) === 'OggS') return 'ogg';
    const other = await fileTypeFromBuffer(firstBytes);
    throw other && findFormatByMimeType(other.mime) === null
      ? new MediaRejected('UNSUPPORTED_CODEC', `The file is ${other.mime}; ${ACCEPTED}.`)
      : new MediaRejected('UNREADABLE', `The content is not recognised as audio; ${ACCEPTED}.`);
  }

  private acceptedDuration(format: AudioFormat, probe: AudioProbe, maxDurationMs: number): number {
    if (probe.durationMs > maxDurationMs) {
      const limit = `${Math.floor(maxDurationMs / 1000)} seconds`;
      throw new MediaRejected('TOO_LONG', `The audio is longer than ${limit}.`);
    }
    const durationMs = Math.round(probe.durationMs);
    if (probe.promisedMs !== undefined && probe.promisedMs > probe.durationMs * MAX_PROMISE_RATIO) {
      const [promised, present] = [probe.promisedMs, probe.durationMs].map((ms) => (ms / 1000).toFixed(1));
      throw new MediaRejected(
        'TRUNCATED',
        `The file promises ${promised} s of audio and holds ${present} s.`,
      );
    }
    if (durationMs < 1) throw new MediaRejected('UNREADABLE', 'The file contains no audio.');
    const { minBitrateKbps = 0, minSampleRateHz = 0 } = AUDIO_FORMATS[format];
    if (probe.sampleRateHz < minSampleRateHz) {
      throw new MediaRejected(
        'SAMPLE_RATE_TOO_LOW',
        `The sample rate is ${probe.sampleRateHz} Hz; ${minSampleRateHz} Hz is the least.`,
      );
    }
    if (Math.round(probe.bitrateKbps) < minBitrateKbps) {
      throw new MediaRejected(
        'BITRATE_TOO_LOW',
        `The bitrate is ${Math.round(probe.bitrateKbps)} kbps; ${minBitrateKbps} kbps is the least.`,
      );
    }
    return durationMs;
  }
}

import type { AudioProbe } from '../audio-analysis.js';
import type { AudioSource } from '../reading/audio-source.js';
import { MediaRejected } from '../media-rejected.js';
import type { OggCodec } from './ogg-codec.js';
import { identifyOggCodec, isOggVideo } from './ogg-codecs.js';
import { readOggPages } from './ogg-pages.js';
import type { OggPage } from './ogg-pages.js';
import { OggStream } from './ogg-stream.js';

/**
 * Counts the packets of the first audio stream of each link; chained links add up. Video beside the sound is
 * refused, other companions (skeleton, subtitles) are ignored.
 */
export async function probeOgg(source: AudioSource, maxDurationMs: number): Promise<AudioProbe> {
  const links = await readLinks(source, maxDurationMs);
  const first = links[0];
  if (!first) {
    throw new MediaRejected('UNSUPPORTED_CODEC', 'The Ogg file contains no Vorbis, Opus or FLAC audio.');
  }
  if (!links.some((link) => link.hasSamples)) {
    throw new MediaRejected('UNREADABLE', 'The Ogg file contains no readable audio packet.');
  }
  if (links.some(({ codec }) => !isSameSound(codec, first.codec))) {
    throw new MediaRejected(
      'UNSUPPORTED_CODEC',
      'The Ogg file changes its codec, rate or channels on the way.',
    );
  }
  const durationMs = sum(links.map((link) => link.durationMs));
  return {
    codec: first.codec.name,
    durationMs,
    promisedMs: sum(links.map((link) => link.promisedMs)),
    bitrateKbps: (sum(links.map((link) => link.audioBytes)) * 8) / durationMs,
    sampleRateHz: first.codec.sampleRateHz,
    channels: first.codec.channels,
    commentCount: sum(links.map((link) => link.codec.commentCount)),
  };
}

const MAX_LINKS = 1000;

async function readLinks(source: AudioSource, maxDurationMs: number): Promise<OggStream[]> {
  const links: OggStream[] = [];
  let current: { serial: number; stream: OggStream } | null = null;
  let isInHeaders = false;
  let earlierMs = 0;
  for await (const page of readOggPages(source)) {
    if (page.isFirst) {
      const packet = firstPacket(page);
      if (isOggVideo(packet)) throw new MediaRejected('UNSUPPORTED_CODEC', 'The Ogg file contains video.');
      // Beginnings stand together in front of a link; one after data starts the next link.
      if (!isInHeaders) {
        earlierMs += current?.stream.durationMs ?? 0;
        current = null;
      }
      isInHeaders = true;
      const codec: OggCodec | null = current ? null : identifyOggCodec(packet);
      if (codec && links.length < MAX_LINKS) {
        current = { serial: page.serial, stream: new OggStream(codec) };
        links.push(current.stream);
      }
    } else {
      isInHeaders = false;
    }
    if (current?.serial !== page.serial) continue;
    current.stream.takePage(page);
    if (earlierMs + current.stream.durationMs > maxDurationMs) break;
  }
  return links;
}

/** Players stop or stumble where a chained link differs from the one before. */
function isSameSound(a: OggCodec, b: OggCodec): boolean {
  return a.name === b.name && a.sampleRateHz === b.sampleRateHz && a.channels === b.channels;
}

function firstPacket(page: OggPage): Buffer {
  let length = 0;
  for (const segment of page.lacing) {
    length += segment;
    if (segment < 255) break;
  }
  return page.body.subarray(0, length);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

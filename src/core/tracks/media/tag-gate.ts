import type { AudioProbe } from './audio-analysis.js';
import type { AudioFormat } from './audio-formats.js';
import type { AudioSource } from './reading/audio-source.js';
import { parseId3v2Length } from './reading/id3-boundaries.js';

/** Whatever their structure, tags of this size are parsed in a moment. */
const HARMLESS_BYTES = 256 * 1024;
/** Room for one large cover picture beside the rest. */
const MAX_TAG_BYTES = 16 * 2 ** 20;
const MAX_ENTRIES = 1000;
const MAX_TEXT_BYTES = 512 * 1024;
const BINARY_FRAMES = ['APIC', 'PIC', 'GEOB', 'GEO', 'PRIV'];

/**
 * Whether the tags of a file may be given to the tag parser, which builds all of them in memory and in one go: a
 * few megabytes of tiny entries would occupy the process for seconds. Large tags pass when a few pictures make them
 * large.
 */
export async function areTagsHarmless(
  source: AudioSource,
  format: AudioFormat,
  probe: AudioProbe,
): Promise<boolean> {
  const audioBytes = (probe.bitrateKbps * probe.durationMs) / 8;
  const tagBytes = source.sizeBytes - audioBytes;
  if (tagBytes <= HARMLESS_BYTES) return true;
  if (tagBytes > MAX_TAG_BYTES || format === 'wav') return false;
  return (probe.commentCount ?? 0) <= MAX_ENTRIES && isId3Harmless(source);
}

/** Walks the frames of an ID3v2 tag at the start of the file (id3v2.org, versions 2.2 to 2.4). */
async function isId3Harmless(source: AudioSource): Promise<boolean> {
  const header = await source.read(0, 10);
  const tagLength = parseId3v2Length(header, 0);
  if (tagLength === null || tagLength <= HARMLESS_BYTES) return true;
  const version = header.readUInt8(3);
  const idBytes = version === 2 ? 3 : 4;
  const headerBytes = version === 2 ? 6 : 10;
  let position = 10;
  let textBytes = 0;
  for (let count = 0; position + headerBytes < tagLength; count += 1) {
    const frame = await source.read(position, headerBytes);
    const id = frame.toString('latin1', 0, idBytes);
    if (!/^[A-Z0-9]+$/.test(id)) return isPadding(source, position, tagLength);
    const length = headerBytes + frameLength(frame, version);
    if (!BINARY_FRAMES.includes(id)) textBytes += length;
    if (count >= MAX_ENTRIES || textBytes > MAX_TEXT_BYTES) return false;
    position += length;
  }
  return true;
}

function frameLength(frame: Buffer, version: number): number {
  if (version === 2) return frame.readUIntBE(3, 3);
  if (version === 3) return frame.readUInt32BE(4);
  return [4, 5, 6, 7].reduce((size, at) => (size << 7) | (frame.readUInt8(at) & 0x7f), 0);
}

/** What follows the last frame is zeros; anything else is frames that this walk did not understand. */
async function isPadding(source: AudioSource, from: number, to: number): Promise<boolean> {
  if (to - from <= HARMLESS_BYTES) return true;
  const rest = await source.read(from, Math.min(to - from, MAX_TAG_BYTES));
  return rest.every((byte) => byte === 0);
}

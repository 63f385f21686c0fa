import type { AudioSource } from './audio-source.js';

/** Header of one self-delimiting frame (MPEG audio, ADTS). */
export interface FrameHeader {
  readonly lengthBytes: number;
  readonly samples: number;
  readonly sampleRateHz: number;
  readonly channels: number;
  readonly bitrateKbps: number;
  /** Names what neighbours of one stream share; a frame of another stream needs fresh proof. */
  readonly streamKey: number;
}

/** Reads a header at `offset`, or null when there is none. Needs {@link HEADER_BYTES} bytes from there. */
export type FrameHeaderParser<H extends FrameHeader> = (bytes: Buffer, offset: number) => H | null;

export const HEADER_BYTES = 9;

/** Four bytes look like a header once in a few thousand; three neighbours that agree do not happen by chance. */
const CHAIN_FRAMES = 3;
const MAX_FRAME_BYTES = 8191;
const LOOKAHEAD_BYTES = CHAIN_FRAMES * MAX_FRAME_BYTES + HEADER_BYTES;

/**
 * Calls `onFrame` for every complete frame between `from` and `to`, skipping what is none of them: garbage in
 * front, tags in between, damage. `onFrame` returns false to stop. The work is linear in the bytes walked.
 */
export async function walkFrames<H extends FrameHeader>(
  source: AudioSource,
  range: { from: number; to: number },
  parse: FrameHeaderParser<H>,
  onFrame: (header: H, frame: Buffer, position: number) => boolean,
): Promise<void> {
  let position = range.from;
  let streamKey: number | null = null;
  while (position < range.to) {
    const view = await source.view(position, LOOKAHEAD_BYTES);
    const bytes = view.subarray(0, range.to - position);
    const isLast = position + bytes.length >= range.to || bytes.length < LOOKAHEAD_BYTES;
    const stopAt = isLast ? bytes.length : bytes.length - LOOKAHEAD_BYTES + 1;
    let offset = 0;
    while (offset < stopAt) {
      const header = parse(bytes, offset);
      const isFrame =
        header !== null && (header.streamKey === streamKey || isFrameChain(bytes, offset, parse));
      if (!isFrame) {
        streamKey = null;
        offset = nextSync(bytes, offset + 1);
        continue;
      }
      const end = offset + header.lengthBytes;
      if (end <= bytes.length) {
        streamKey = header.streamKey;
        if (!onFrame(header, bytes.subarray(offset, end), position + offset)) return;
      }
      offset = end;
    }
    if (isLast) return;
    position += offset;
  }
}

/** Whether frames of one stream follow each other from `offset` on, as far as `bytes` shows. */
export function isFrameChain<H extends FrameHeader>(
  bytes: Buffer,
  offset: number,
  parse: FrameHeaderParser<H>,
): boolean {
  let streamKey: number | null = null;
  let position = offset;
  for (let count = 0; count < CHAIN_FRAMES; count += 1) {
    if (count > 0 && position === bytes.length) return true;
    const header = parse(bytes, position);
    if (header === null) return count > 1 && position + HEADER_BYTES > bytes.length;
    if (streamKey !== null && header.streamKey !== streamKey) return false;
    streamKey = header.streamKey;
    position += header.lengthBytes;
  }
  return true;
}

/** The first place of `bytes` at or after `offset` where a chain of frames starts, or -1. */
export function findFrameChain<H extends FrameHeader>(
  bytes: Buffer,
  offset: number,
  parse: FrameHeaderParser<H>,
): number {
  let position = nextSync(bytes, offset);
  while (position < bytes.length) {
    if (isFrameChain(bytes, position, parse)) return position;
    position = nextSync(bytes, position + 1);
  }
  return -1;
}

function nextSync(bytes: Buffer, offset: number): number {
  const found = bytes.indexOf(0xff, offset);
  return found < 0 ? bytes.length : found;
}

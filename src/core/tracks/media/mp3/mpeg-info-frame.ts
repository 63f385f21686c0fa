import type { MpegHeader } from './mpeg-header.js';

/** What an encoder wrote about the whole file into a first frame that carries no sound. */
export interface MpegInfo {
  /** Frames that follow, when stated. */
  readonly frameCount?: number;
  /** Samples the encoder added in front and behind; a player cuts them off again. */
  readonly trimSamples: number;
}

const XING_HAS_FRAMES = 1;
const XING_HAS_BYTES = 2;
const XING_HAS_TOC = 4;
const XING_HAS_QUALITY = 8;
/** Encoders whose delay and padding fields can be relied on. */
const GAPLESS_ENCODERS = ['LAME', 'Lavf', 'Lavc'];

/** Reads a Xing, Info or VBRI frame; null when `frame` is an ordinary one. */
export function parseMpegInfoFrame(header: MpegHeader, frame: Buffer): MpegInfo | null {
  if (header.layer !== 3) return null;
  const isMono = header.channels === 1;
  const sideInfoBytes = header.isMpeg1 ? (isMono ? 17 : 32) : isMono ? 9 : 17;
  const afterSideInfo = 4 + sideInfoBytes;
  return (
    parseXing(frame, afterSideInfo) ??
    (header.hasCrc ? parseXing(frame, afterSideInfo + 2) : null) ??
    parseVbri(frame)
  );
}

function parseXing(frame: Buffer, start: number): MpegInfo | null {
  const magic = frame.toString('latin1', start, start + 4);
  if ((magic !== 'Xing' && magic !== 'Info') || start + 8 > frame.length) return null;
  const flags = frame.readUInt32BE(start + 4);
  let position = start + 8;
  let frameCount: number | undefined;
  if (flags & XING_HAS_FRAMES && position + 4 <= frame.length) frameCount = frame.readUInt32BE(position);
  position += flags & XING_HAS_FRAMES ? 4 : 0;
  position += flags & XING_HAS_BYTES ? 4 : 0;
  position += flags & XING_HAS_TOC ? 100 : 0;
  position += flags & XING_HAS_QUALITY ? 4 : 0;
  return { ...(frameCount ? { frameCount } : {}), trimSamples: parseTrim(frame, position) };
}

function parseTrim(frame: Buffer, start: number): number {
  if (start + 24 > frame.length) return 0;
  if (!GAPLESS_ENCODERS.includes(frame.toString('latin1', start, start + 4))) return 0;
  const packed = frame.readUIntBE(start + 21, 3);
  return (packed >>> 12) + (packed & 0xfff);
}

function parseVbri(frame: Buffer): MpegInfo | null {
  const start = 4 + 32;
  if (frame.toString('latin1', start, start + 4) !== 'VBRI' || start + 18 > frame.length) return null;
  const frameCount = frame.readUInt32BE(start + 14);
  return { ...(frameCount ? { frameCount } : {}), trimSamples: 0 };
}

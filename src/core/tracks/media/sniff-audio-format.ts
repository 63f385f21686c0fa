import { fileTypeFromBuffer } from 'file-type';
import { parseAdtsHeader } from './aac/adts-header.js';
import type { AudioFormat } from './audio-formats.js';
import { findFrameChain, isFrameChain } from './reading/frame-walker.js';
import { parseId3v2Length } from './reading/id3-boundaries.js';
import { parseMpegHeader } from './mp3/mpeg-header.js';
import { identifyOggCodec, isOggVideo } from './ogg/ogg-codecs.js';

/** How many leading bytes an upload should hand to {@link sniffAudioFormat}; a shorter file is handed whole. */
export const SNIFF_BYTES = 32 * 1024;

const RIFF_FORMS = ['RIFF', 'RF64', 'BW64'];
const AUDIO_BRANDS = ['M4A', 'M4B', 'M4P', 'F4A', 'F4B'];
const NEUTRAL_BRANDS = [
  'isom',
  'iso2',
  'iso3',
  'iso4',
  'iso5',
  'iso6',
  'iso7',
  'iso8',
  'iso9',
  'mp41',
  'mp42',
  'dash',
  'msdh',
  'MSNV',
  'caqv',
];
const VIDEO_BRANDS = ['avc1', 'hvc1', 'hev1', 'av01', 'M4V', 'M4VH', 'M4VP'];

/** Formats that may stand behind an ID3v2 tag. */
const TAGGED_FORMATS: readonly AudioFormat[] = ['mp3', 'flac', 'aac'];

/**
 * Tells the six accepted formats from everything else by content alone; null for anything else. An MP4 that does
 * not say what it holds counts as m4a here, and a video in it is refused by the analysis. Where a tag in front is
 * longer than what is seen, `presumed` (what the name says) is believed if it can carry such a tag, and the analysis
 * decides.
 */
export async function sniffAudioFormat(
  firstBytes: Buffer,
  presumed: AudioFormat = 'mp3',
): Promise<AudioFormat | null> {
  const tagLength = parseId3v2Length(firstBytes, 0);
  if (tagLength !== null) return sniffBehindTag(firstBytes, tagLength, presumed);
  const magic = sniffMagic(firstBytes, 0);
  if (magic !== undefined) return magic;
  if (isFrameChain(firstBytes, 0, parseMpegHeader)) return 'mp3';
  if (isFrameChain(firstBytes, 0, parseAdtsHeader)) return 'aac';
  return sniffBehindPadding(firstBytes);
}

/** A tag in front belongs to MP3, unless the bytes behind it can be seen and say otherwise. */
function sniffBehindTag(bytes: Buffer, tagLength: number, presumed: AudioFormat): AudioFormat | null {
  let start = tagLength;
  for (
    let length = parseId3v2Length(bytes, start);
    length !== null;
    length = parseId3v2Length(bytes, start)
  ) {
    start += length;
  }
  if (start >= bytes.length) return TAGGED_FORMATS.includes(presumed) ? presumed : 'mp3';
  const magic = sniffMagic(bytes, start);
  if (magic !== undefined) return magic !== null && TAGGED_FORMATS.includes(magic) ? magic : null;
  const isMpeg = findFrameChain(bytes, start, parseMpegHeader) >= 0;
  return !isMpeg && isFrameChain(bytes, start, parseAdtsHeader) ? 'aac' : 'mp3';
}

/** Formats with a fixed mark: the format, null for a relative that is not accepted, undefined when none matches. */
function sniffMagic(bytes: Buffer, offset: number): AudioFormat | null | undefined {
  const mark = bytes.toString('latin1', offset, offset + 4);
  if (mark === 'fLaC') return 'flac';
  if (RIFF_FORMS.includes(mark))
    return bytes.toString('latin1', offset + 8, offset + 12) === 'WAVE' ? 'wav' : null;
  if (mark === 'OggS') return sniffOgg(bytes.subarray(offset));
  if (bytes.toString('latin1', offset + 4, offset + 8) === 'ftyp') return sniffMp4(bytes.subarray(offset));
  return undefined;
}

/** Looks at the first packet of each stream that begins in view. */
function sniffOgg(bytes: Buffer): AudioFormat | null {
  let hasAudio = false;
  for (let page = 0; page >= 0; page = bytes.indexOf('OggS', page + 4, 'latin1')) {
    if (page + 28 > bytes.length || (bytes.readUInt8(page + 5) & 2) === 0) break;
    const packet = bytes.subarray(page + 27 + bytes.readUInt8(page + 26));
    if (isOggVideo(packet)) return null;
    hasAudio ||= identifyOggCodec(packet) !== null;
  }
  return hasAudio ? 'ogg' : null;
}

function sniffMp4(bytes: Buffer): AudioFormat | null {
  const end = Math.min(bytes.readUInt32BE(0), bytes.length);
  const brands: string[] = [];
  for (let at = 8; at + 4 <= end; at += at === 8 ? 8 : 4)
    brands.push(bytes.toString('latin1', at, at + 4).replace(/[\0 ]+$/, ''));
  if (brands.some((brand) => VIDEO_BRANDS.includes(brand))) return null;
  const [major = ''] = brands;
  return AUDIO_BRANDS.includes(major) || NEUTRAL_BRANDS.includes(major) ? 'm4a' : null;
}

/** Encoders and cut recordings leave bytes in front of the first frame; a known other file type is not that. */
async function sniffBehindPadding(bytes: Buffer): Promise<AudioFormat | null> {
  if (isText(bytes)) return null;
  const known = await fileTypeFromBuffer(bytes);
  if (known && !known.mime.startsWith('audio/')) return null;
  const mpeg = findFrameChain(bytes, 0, parseMpegHeader);
  const adts = findFrameChain(bytes, 0, parseAdtsHeader);
  if (mpeg < 0 && adts < 0) return null;
  return adts < 0 || (mpeg >= 0 && mpeg < adts) ? 'mp3' : 'aac';
}

/** Markup and scripts have no mark of their own, but they start with readable characters. */
function isText(bytes: Buffer): boolean {
  return /^[\x09-\x0d\x20-\x7e]{8,}/.test(bytes.toString('latin1', 0, 8));
}

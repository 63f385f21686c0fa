/** The containers that may be uploaded (01 1.3). */
export type AudioFormat = 'mp3' | 'wav' | 'flac' | 'ogg' | 'm4a' | 'aac';

/** What an upload of one format may call itself, and the floor below which it is refused. */
export interface AudioFormatRule {
  readonly extension: `.${AudioFormat}`;
  /** The first is what the file is served as; the others are what browsers and tools send. */
  readonly mimeTypes: readonly [string, ...string[]];
  readonly minBitrateKbps?: number;
  readonly minSampleRateHz?: number;
}

/**
 * Extension, MIME types and floors per format. 01 1.3 names the floors in the sentence about MP3
 * ("MP3 min 128 kbps, sample rate >= 22050 Hz"), therefore they bind MP3 only.
 */
export const AUDIO_FORMATS: Readonly<Record<AudioFormat, AudioFormatRule>> = {
  mp3: {
    extension: '.mp3',
    mimeTypes: ['audio/mpeg', 'audio/mp3', 'audio/x-mp3', 'audio/x-mpeg', 'audio/mpeg3', 'audio/x-mpeg-3'],
    minBitrateKbps: 128,
    minSampleRateHz: 22_050,
  },
  wav: {
    extension: '.wav',
    mimeTypes: ['audio/wav', 'audio/x-wav', 'audio/wave', 'audio/vnd.wave', 'audio/x-pn-wav'],
  },
  flac: { extension: '.flac', mimeTypes: ['audio/flac', 'audio/x-flac'] },
  ogg: {
    extension: '.ogg',
    mimeTypes: ['audio/ogg', 'application/ogg', 'audio/x-ogg', 'audio/vorbis', 'audio/opus'],
  },
  m4a: {
    extension: '.m4a',
    mimeTypes: ['audio/mp4', 'audio/x-m4a', 'audio/m4a', 'audio/mp4a-latm'],
  },
  aac: { extension: '.aac', mimeTypes: ['audio/aac', 'audio/x-aac', 'audio/aacp', 'audio/x-hx-aac-adts'] },
};

/** Says nothing about the content: some clients send it for every file. */
const NEUTRAL_MIME_TYPES: ReadonlySet<string> = new Set(['', 'application/octet-stream']);

/** The format that a file name's extension stands for, without regard to case. */
export function findFormatByExtension(fileName: string): AudioFormat | null {
  const dot = fileName.lastIndexOf('.');
  if (dot < 0) return null;
  const extension = fileName.slice(dot).toLowerCase();
  return formatWhere((rule) => rule.extension === extension);
}

/** The format that a Content-Type stands for; parameters (`; codecs=...`) are ignored. */
export function findFormatByMimeType(mimeType: string): AudioFormat | null {
  const bare = bareMimeType(mimeType);
  return formatWhere((rule) => rule.mimeTypes.includes(bare));
}

/** Whether a declared Content-Type may go with `format`; a missing one and octet-stream go with all. */
export function isMimeTypeOf(format: AudioFormat, mimeType: string): boolean {
  const bare = bareMimeType(mimeType);
  return NEUTRAL_MIME_TYPES.has(bare) || AUDIO_FORMATS[format].mimeTypes.includes(bare);
}

/** The Content-Type a stored file of `format` is served with. */
export function mimeTypeOf(format: AudioFormat): string {
  return AUDIO_FORMATS[format].mimeTypes[0];
}

function bareMimeType(mimeType: string): string {
  return (mimeType.split(';')[0] ?? '').trim().toLowerCase();
}

function formatWhere(matches: (rule: AudioFormatRule) => boolean): AudioFormat | null {
  const formats = Object.keys(AUDIO_FORMATS) as AudioFormat[];
  return formats.find((format) => matches(AUDIO_FORMATS[format])) ?? null;
}

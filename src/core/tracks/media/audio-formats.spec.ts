import {
  AUDIO_FORMATS,
  findFormatByExtension,
  findFormatByMimeType,
  isMimeTypeOf,
  mimeTypeOf,
} from './audio-formats.js';
import type { AudioFormat } from './audio-formats.js';

const FORMATS = Object.keys(AUDIO_FORMATS) as AudioFormat[];

describe('audio formats', () => {
  it.each(FORMATS)('finds %s by its extension, whatever the case', (format) => {
    expect(findFormatByExtension(`My Song.v2${AUDIO_FORMATS[format].extension}`)).toBe(format);
    expect(findFormatByExtension(`SONG${AUDIO_FORMATS[format].extension.toUpperCase()}`)).toBe(format);
  });

  it.each(['song', 'song.', 'song.mp4', 'song.mp3.exe', 'mp3', ''])('knows no format for "%s"', (name) => {
    expect(findFormatByExtension(name)).toBeNull();
  });

  it('gives every MIME type to one format only', () => {
    const all = FORMATS.flatMap((format) => AUDIO_FORMATS[format].mimeTypes);
    expect(new Set(all).size).toBe(all.length);
    for (const format of FORMATS) {
      for (const mimeType of AUDIO_FORMATS[format].mimeTypes) {
        expect(findFormatByMimeType(mimeType)).toBe(format);
      }
    }
  });

  it('ignores parameters and case of a MIME type', () => {
    expect(findFormatByMimeType('Audio/OGG; codecs=opus')).toBe('ogg');
    expect(findFormatByMimeType('text/html')).toBeNull();
  });

  it('lets a neutral MIME type go with every format and a foreign one with none', () => {
    for (const format of FORMATS) {
      expect(isMimeTypeOf(format, 'application/octet-stream')).toBe(true);
      expect(isMimeTypeOf(format, '')).toBe(true);
      expect(isMimeTypeOf(format, mimeTypeOf(format))).toBe(true);
      expect(isMimeTypeOf(format, 'text/html')).toBe(false);
    }
    expect(isMimeTypeOf('mp3', 'audio/wav')).toBe(false);
  });
});

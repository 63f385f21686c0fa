import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { synthesizeMelody } from '../seed/melody.js';
import { StoryStopped } from './story-stopped.js';

/** The file that is sold. */
export interface Audio {
  fileName: string;
  mimeType: string;
  bytes: Buffer;
  sha256: string;
  origin: string;
}

const MIME_TYPES: Readonly<Record<string, string>> = {
  '.mp3': 'audio/mpeg',
  '.wav': 'audio/wav',
  '.flac': 'audio/flac',
  '.ogg': 'audio/ogg',
  '.m4a': 'audio/mp4',
  '.aac': 'audio/aac',
};

const MELODY = {
  tempoBpm: 120,
  harmonics: [1, 0.6, 0.3, 0.15],
  notes: [
    [0, 1],
    [4, 1],
    [7, 1],
    [12, 1],
    [16, 1],
    [12, 1],
    [7, 1],
    [4, 1],
    [0, 2],
  ],
} as const;

/** The given file, or a melody made on the spot. @throws StoryStopped when it cannot be read or has a wrong name */
export async function loadAudio(path: string | undefined): Promise<Audio> {
  if (path === undefined || path === '') {
    return audioOf('a-rising-chord.wav', synthesizeMelody(MELODY), 'made on the spot');
  }
  const bytes = await readFile(path).catch((error: unknown) => {
    throw new StoryStopped(`The file ${path} cannot be read.`, { cause: error });
  });
  return audioOf(basename(path), bytes, path);
}

export const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

function audioOf(fileName: string, bytes: Buffer, origin: string): Audio {
  const mimeType = MIME_TYPES[extname(fileName).toLowerCase()];
  if (mimeType === undefined) {
    throw new StoryStopped(
      `${fileName} has no name of an audio file: ${Object.keys(MIME_TYPES).join(', ')} can be sold.`,
    );
  }
  return { fileName, mimeType, bytes, sha256: sha256Of(bytes), origin };
}

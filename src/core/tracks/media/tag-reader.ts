import { fileTypeFromBuffer } from 'file-type';
import { parseFile, selectCover } from 'music-metadata';
import type { ICommonTagsResult } from 'music-metadata';
import type { AudioTags, CoverImage } from './audio-analysis.js';

const MAX_PARSE_MS = 5000;
const MAX_TEXT_LENGTH = 300;
const MAX_COVER_BYTES = 10 * 2 ** 20;
const UNSTORABLE = /[\p{Cc}\p{Cs}]+/gu;
const COVER_MIME_TYPES = ['image/jpeg', 'image/png', 'image/webp', 'image/gif'];

/**
 * Reads the descriptive tags and the front cover. Tags are a convenience: a file whose tags are damaged is still
 * playable, so tags that cannot be read in time count as absent.
 */
export async function readTags(filePath: string): Promise<{ tags: AudioTags; cover?: CoverImage }> {
  const common = await withinTime(parseCommon(filePath));
  if (!common) return { tags: {} };
  const cover = await readCover(common);
  return { tags: readTexts(common), ...(cover ? { cover } : {}) };
}

/** The parser goes by the extension of the path, and by the content when there is none. */
async function parseCommon(filePath: string): Promise<ICommonTagsResult | null> {
  try {
    const { common } = await parseFile(filePath, { duration: false });
    return common;
  } catch {
    return null;
  }
}

/** The tag parser cannot be cancelled; it is left behind instead. */
async function withinTime<T>(work: Promise<T | null>): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<null>((resolve) => {
    timer = setTimeout(() => {
      resolve(null);
    }, MAX_PARSE_MS);
    timer.unref();
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

function readTexts(common: ICommonTagsResult): AudioTags {
  const title = cleanText(common.title);
  const artist = cleanText(common.artist);
  const album = cleanText(common.album);
  const genre = cleanText(common.genre?.[0]);
  const key = cleanText(common.key);
  return {
    ...(title ? { title } : {}),
    ...(artist ? { artist } : {}),
    ...(album ? { album } : {}),
    ...(genre ? { genre } : {}),
    ...(key ? { key } : {}),
    ...(isBpm(common.bpm) ? { bpm: common.bpm } : {}),
  };
}

function isBpm(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 && value < 1000;
}

/** Control characters (NUL above all) and lone surrogates cannot be stored. */
function cleanText(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  return value.replace(UNSTORABLE, ' ').trim().slice(0, MAX_TEXT_LENGTH).replace(UNSTORABLE, '').trimEnd();
}

async function readCover(common: ICommonTagsResult): Promise<CoverImage | null> {
  const picture = selectCover(common.picture);
  if (!picture || picture.data.length === 0 || picture.data.length > MAX_COVER_BYTES) return null;
  const type = await fileTypeFromBuffer(picture.data);
  if (!type || !COVER_MIME_TYPES.includes(type.mime)) return null;
  return { mimeType: type.mime, data: Buffer.from(picture.data) };
}

import type { MultipartFile, MultipartValue } from '@fastify/multipart';
import { Injectable } from '@nestjs/common';
import { fileTypeFromBuffer } from 'file-type';
import { readFile } from 'node:fs/promises';
import type { FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { DomainError, validationFailed } from '../../common/errors/index.js';
import { AppConfig } from '../../infrastructure/config/index.js';
import { Storage, StorageLimitExceeded, type WrittenFile } from '../../infrastructure/storage/index.js';
import {
  type AudioFormat,
  findFormatByExtension,
  isMimeTypeOf,
  SNIFF_BYTES,
  sniffAudioFormat,
} from './media/index.js';
import {
  fileEmpty,
  fileMissing,
  fileTooLarge,
  invalidArtwork,
  invalidFormat,
  malformedUpload,
  uploadExpected,
} from './tracks.errors.js';

const MAX_ARTWORK_BYTES = 5 * 2 ** 20;
/** Room for the text fields and the boundaries of the form beside the file. */
const FORM_OVERHEAD_BYTES = 2 ** 20;
const ARTWORK_MIME_TYPES = new Set(['image/jpeg', 'image/png', 'image/webp']);

/** The audio of an upload, written to its temporary key. */
export interface ReceivedAudio extends WrittenFile {
  fileName: string;
  format: AudioFormat;
}

/** A form that was received whole. */
export interface ReceivedForm {
  fields: Record<string, unknown>;
  audio: ReceivedAudio;
  artwork: { mimeType: string } | null;
}

/** Where the parts of a form are put. */
export interface FormTargets {
  audioKey: string;
  artworkKey: string;
}

/**
 * Receives an upload form part by part and streams its files to storage; fields may come before or after the
 * file. Extension, declared type and the first bytes must all say the same audio format (01 1.3).
 */
@Injectable()
export class UploadForm {
  readonly maxBytes: number;

  constructor(
    private readonly storage: Storage,
    config: AppConfig,
  ) {
    this.maxBytes = config.get('MAX_UPLOAD_SIZE');
  }

  /** Receives the form; on any refusal the caller deletes the targets. */
  async receive(request: FastifyRequest, targets: FormTargets): Promise<ReceivedForm> {
    if (!request.isMultipart()) throw uploadExpected();
    const announced = Number(request.headers['content-length'] ?? 0);
    if (announced > this.maxBytes + MAX_ARTWORK_BYTES + FORM_OVERHEAD_BYTES)
      throw fileTooLarge(this.maxBytes);
    const fields: Record<string, unknown> = {};
    let audio: ReceivedAudio | null = null;
    let artwork: ReceivedForm['artwork'] = null;
    try {
      const limits = { fileSize: this.maxBytes + 1, files: 2, fields: 30, fieldSize: 10_000, parts: 32 };
      for await (const part of request.parts({ limits })) {
        if (part.type === 'field') addField(fields, part as MultipartValue<string>);
        else if (part.fieldname === 'artwork') {
          if (artwork !== null)
            throw validationFailed([{ field: 'artwork', message: 'only one artwork is allowed' }]);
          artwork = await this.receiveArtwork(part, targets.artworkKey);
        } else if (part.fieldname === 'audio' || part.fieldname === 'file') {
          if (audio !== null)
            throw validationFailed([{ field: part.fieldname, message: 'only one audio file is allowed' }]);
          audio = await this.receiveAudio(part, targets.audioKey);
        } else
          throw validationFailed([
            { field: part.fieldname, message: `${part.fieldname} is not a known file` },
          ]);
      }
    } catch (error) {
      throw describeFormError(error, this.maxBytes);
    }
    if (audio === null) throw fileMissing();
    return { fields, audio, artwork };
  }

  private async receiveAudio(part: MultipartFile, key: string): Promise<ReceivedAudio> {
    const fileName = fileNameOf(part);
    const byName = findFormatByExtension(fileName);
    if (byName === null) throw invalidFormat('the file must be .mp3, .wav, .flac, .ogg, .m4a or .aac');
    if (!isMimeTypeOf(byName, part.mimetype))
      throw invalidFormat(`${part.mimetype} does not go with ${fileName}`);
    const { head, whole } = await peek(part.file);
    if (head.length === 0) throw fileEmpty();
    if ((await sniffAudioFormat(head, byName)) !== byName)
      throw invalidFormat(`the content is not ${byName} audio`);
    const written = await this.storage.putTemporary(key, whole, this.maxBytes);
    return { ...written, fileName, format: byName };
  }

  private async receiveArtwork(part: MultipartFile, key: string): Promise<{ mimeType: string }> {
    try {
      await this.storage.putTemporary(key, part.file, MAX_ARTWORK_BYTES);
    } catch (error) {
      if (error instanceof StorageLimitExceeded) throw invalidArtwork();
      throw error;
    }
    const type = await fileTypeFromBuffer(await readFile(await this.storage.localPath(key)));
    if (type === undefined || !ARTWORK_MIME_TYPES.has(type.mime)) throw invalidArtwork();
    return { mimeType: type.mime };
  }
}

/** The last part of the sent path. A part of type octet-stream counts as a file even without a name. */
function fileNameOf({ filename }: { filename?: string }): string {
  return (filename ?? '')
    .replace(/[\p{Cc}\p{Cs}]/gu, '')
    .replace(/^.*[\\/]/, '')
    .slice(-255);
}

function addField(fields: Record<string, unknown>, { fieldname, value }: MultipartValue<string>): void {
  const present = fields[fieldname];
  if (present === undefined) fields[fieldname] = value;
  else fields[fieldname] = Array.isArray(present) ? [...(present as unknown[]), value] : [present, value];
}

/** The first bytes, and a stream that still has them. */
async function peek(file: Readable): Promise<{ head: Buffer; whole: Readable }> {
  const chunks = (file as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  let head: Buffer = Buffer.alloc(0);
  while (head.length < SNIFF_BYTES) {
    const next = await chunks.next();
    if (next.done === true) break;
    head = Buffer.concat([head, next.value]);
  }
  async function* rest(): AsyncGenerator<Buffer> {
    yield head;
    for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield next.value;
  }
  return { head, whole: Readable.from(rest(), { objectMode: false }) };
}

function describeFormError(error: unknown, maxBytes: number): unknown {
  if (error instanceof DomainError) return error;
  if (error instanceof StorageLimitExceeded) return fileTooLarge(maxBytes);
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'FST_REQ_FILE_TOO_LARGE') return fileTooLarge(maxBytes);
  if (
    code.startsWith('FST_') ||
    /multipart|Unexpected end of form|premature close|aborted/i.test(String(error))
  ) {
    return malformedUpload(error);
  }
  return error;
}

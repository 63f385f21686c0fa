import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import parseRange from 'range-parser';
import { DomainError } from '../../common/errors/index.js';
import { type ByteRange, Storage, type StoredFile } from './storage.js';

/** A file as it is offered to a client. */
export interface ServedFile {
  storageKey: string;
  mimeType: string;
  /** Strong validator, usually the SHA-256 of the content. */
  etag: string;
  /** Offered as a download under this name; shown in place without it. */
  downloadName?: string;
  isPublic?: boolean;
}

const BYTE_RANGES = /^bytes=\s*(\d+-\d*|-\d+)(\s*,\s*(\d+-\d*|-\d+))*\s*$/i;

const fileMissing = (): DomainError =>
  new DomainError('FILE_NOT_FOUND', 'not_found', 'The file is not there');

const rangeNotSatisfiable = (): DomainError =>
  new DomainError('RANGE_NOT_SATISFIABLE', 'range_not_satisfiable', 'The file has no such range');

/** Serves stored files with Range, HEAD, ETag and 206, 304, 416 (RFC 9110), as a stream. */
@Injectable()
export class FileResponse {
  constructor(private readonly storage: Storage) {}

  /** Answers the request with the file; the reply is complete afterwards. */
  async send(request: FastifyRequest, reply: FastifyReply, file: ServedFile): Promise<FastifyReply> {
    const stored = await this.storage.stat(file.storageKey);
    if (stored === null) throw fileMissing();
    this.describe(reply, file, stored);
    if (isUnchanged(request, file, stored)) return reply.status(304).send();
    const range = this.rangeOf(request, reply, file, stored);
    const length = range === null ? stored.sizeBytes : range.end - range.start + 1;
    void reply.status(range === null ? 200 : 206).header('Content-Length', length);
    if (range !== null) {
      void reply.header(
        'Content-Range',
        `bytes ${String(range.start)}-${String(range.end)}/${String(stored.sizeBytes)}`,
      );
    }
    // An empty stream keeps Fastify from putting a length of its own on the answer to HEAD.
    if (request.method === 'HEAD' || length === 0) return reply.send(Readable.from([]));
    return reply.send(this.storage.createReadStream(file.storageKey, range ?? undefined));
  }

  private describe(reply: FastifyReply, file: ServedFile, stored: StoredFile): void {
    void reply.headers({
      'Content-Type': file.mimeType,
      'Accept-Ranges': 'bytes',
      ETag: `"${file.etag}"`,
      'Last-Modified': stored.modifiedAt.toUTCString(),
      'Cache-Control':
        file.isPublic === true ? 'public, max-age=3600' : 'private, max-age=0, must-revalidate',
      'Cross-Origin-Resource-Policy': 'cross-origin',
    });
    if (file.downloadName !== undefined)
      void reply.header('Content-Disposition', attachment(file.downloadName));
  }

  private rangeOf(
    request: FastifyRequest,
    reply: FastifyReply,
    file: ServedFile,
    stored: StoredFile,
  ): ByteRange | null {
    const header = request.headers.range;
    // Another unit and a malformed header are ignored (RFC 9110 14.2); several ranges are answered by the whole file.
    if (header === undefined || !BYTE_RANGES.test(header) || !mayUseRange(request, file, stored)) return null;
    const ranges = parseRange(stored.sizeBytes, clampSuffixes(header, stored.sizeBytes), { combine: true });
    if (ranges === -1 || ranges === -2) {
      void reply.header('Content-Range', `bytes */${String(stored.sizeBytes)}`);
      throw rangeNotSatisfiable();
    }
    const [range] = ranges;
    return ranges.length === 1 && range !== undefined ? range : null;
  }
}

function isUnchanged(request: FastifyRequest, file: ServedFile, stored: StoredFile): boolean {
  const match = request.headers['if-none-match'];
  if (match !== undefined) {
    return match.split(',').some((tag) => ['*', `"${file.etag}"`, `W/"${file.etag}"`].includes(tag.trim()));
  }
  const since = Date.parse(request.headers['if-modified-since'] ?? '');
  return !Number.isNaN(since) && Math.floor(stored.modifiedAt.getTime() / 1000) * 1000 <= since;
}

function mayUseRange(request: FastifyRequest, file: ServedFile, stored: StoredFile): boolean {
  const condition = request.headers['if-range'];
  if (typeof condition !== 'string') return true;
  return condition.startsWith('"')
    ? condition === `"${file.etag}"`
    : condition === stored.modifiedAt.toUTCString();
}

/** The last 99 bytes of a file of 10 are all of it (RFC 9110 14.1.2), which the parser takes for no range. */
function clampSuffixes(header: string, sizeBytes: number): string {
  return header.replace(
    /([=,]\s*)-(\d+)/g,
    (_all, lead: string, length: string) => `${lead}-${String(Math.min(Number(length), sizeBytes))}`,
  );
}

/** RFC 6266: an ASCII fallback and the real name. */
function attachment(name: string): string {
  const ascii = name.replace(/[^\w .()-]/g, '_');
  const encoded = encodeURIComponent(name.replace(/[\p{Cc}\p{Surrogate}]/gu, '')).replace(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}

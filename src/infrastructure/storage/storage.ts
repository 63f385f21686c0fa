import type { Readable } from 'node:stream';

/** Part of a file, both ends inclusive, in bytes. */
export interface ByteRange {
  start: number;
  end: number;
}

/** What is known of a stored file. */
export interface StoredFile {
  sizeBytes: number;
  modifiedAt: Date;
}

/** What a finished write tells: the size and the SHA-256 of what was really written. */
export interface WrittenFile {
  sizeBytes: number;
  sha256: string;
}

/**
 * Where files lie. Keys are ours and never come from a caller. A file is written under `tmp/`, synced, its
 * row is committed, and then it is published: a crash in between leaves either no row or a file that the
 * next attempt publishes (design/decisions.md).
 */
export abstract class Storage {
  /**
   * Writes a stream to a temporary key and syncs it. A broken stream or one over `maxBytes` leaves nothing.
   * @throws StorageLimitExceeded when the stream is longer than `maxBytes`
   */
  abstract putTemporary(temporaryKey: string, content: Readable, maxBytes: number): Promise<WrittenFile>;
  /** Moves a temporary file to its key. Publishing what is published already changes nothing. */
  abstract publish(temporaryKey: string, key: string): Promise<void>;
  /** Writes a small file (a cover) at once. */
  abstract putBuffer(key: string, content: Buffer): Promise<void>;
  /** Streams a file or part of it. */
  abstract createReadStream(key: string, range?: ByteRange): Readable;
  /** Size and date, or null when there is no such file. */
  abstract stat(key: string): Promise<StoredFile | null>;
  /** Deletes a file or a whole folder of ours; what is not there is no error. */
  abstract delete(key: string): Promise<void>;
  /** Temporary keys that were last written before a moment. */
  abstract listTemporary(before: Date): Promise<string[]>;
  /** A path for libraries that read files by themselves. */
  abstract localPath(key: string): Promise<string>;
}

/** The stream was longer than allowed; nothing of it was kept. */
export class StorageLimitExceeded extends Error {
  constructor(readonly maxBytes: number) {
    super(`The stream is longer than ${String(maxBytes)} bytes`);
    this.name = 'StorageLimitExceeded';
  }
}

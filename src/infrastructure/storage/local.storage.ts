import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { AppConfig } from '../config/index.js';
import {
  type ByteRange,
  Storage,
  StorageLimitExceeded,
  type StoredFile,
  type WrittenFile,
} from './storage.js';

const TEMPORARY_FOLDER = 'tmp';

/** Files below UPLOAD_DIR. */
@Injectable()
export class LocalStorage extends Storage {
  private readonly root: string;

  constructor(config: AppConfig) {
    super();
    this.root = resolve(config.pathOf('UPLOAD_DIR'));
  }

  async putTemporary(temporaryKey: string, content: Readable, maxBytes: number): Promise<WrittenFile> {
    const path = this.pathOf(temporaryKey);
    await mkdir(dirname(path), { recursive: true });
    const file = await open(path, 'wx');
    const hash = createHash('sha256');
    let sizeBytes = 0;
    try {
      for await (const chunk of content as AsyncIterable<Buffer>) {
        sizeBytes += chunk.length;
        if (sizeBytes > maxBytes) throw new StorageLimitExceeded(maxBytes);
        hash.update(chunk);
        // Unlike write, it goes on after a part; a disk that is full must not leave a short file.
        await file.appendFile(chunk);
      }
      await file.sync();
    } catch (error) {
      await file.close();
      await rm(path, { force: true });
      throw error;
    }
    await file.close();
    return { sizeBytes, sha256: hash.digest('hex') };
  }

  async publish(temporaryKey: string, key: string): Promise<void> {
    const path = this.pathOf(key);
    await mkdir(dirname(path), { recursive: true });
    try {
      await rename(this.pathOf(temporaryKey), path);
    } catch (error) {
      const isPublished = isMissing(error) && (await this.stat(key)) !== null;
      if (!isPublished) throw error;
    }
  }

  async putBuffer(key: string, content: Buffer): Promise<void> {
    const path = this.pathOf(key);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  }

  createReadStream(key: string, range?: ByteRange): Readable {
    return createReadStream(this.pathOf(key), range);
  }

  async stat(key: string): Promise<StoredFile | null> {
    try {
      const { size, mtime } = await stat(this.pathOf(key));
      return { sizeBytes: size, modifiedAt: mtime };
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }

  async delete(key: string): Promise<void> {
    await rm(this.pathOf(key), { recursive: true, force: true });
  }

  async listTemporary(before: Date): Promise<string[]> {
    const names = await readdir(join(this.root, TEMPORARY_FOLDER)).catch((error: unknown) => {
      if (isMissing(error)) return [];
      throw error;
    });
    const keys: string[] = [];
    for (const name of names) {
      const key = `${TEMPORARY_FOLDER}/${name}`;
      const file = await this.stat(key);
      if (file !== null && file.modifiedAt < before) keys.push(key);
    }
    return keys;
  }

  localPath(key: string): Promise<string> {
    return Promise.resolve(this.pathOf(key));
  }

  private pathOf(key: string): string {
    const path = resolve(join(this.root, key));
    if (!path.startsWith(this.root + sep)) throw new Error('A storage key may not leave the storage');
    return path;
  }
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}

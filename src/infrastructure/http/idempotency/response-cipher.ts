import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../config/index.js';

const ALGORITHM = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** An answer as it is kept: a route may have several statuses of success. */
export interface StoredAnswer {
  status: number;
  body: unknown;
}

/** Seals stored answers: an answer may hold what must not lie readable in a database, such as a client secret. */
@Injectable()
export class ResponseCipher {
  private readonly key: Buffer;

  constructor(config: AppConfig) {
    this.key = config.derivedKey('idempotency-response');
  }

  seal(answer: StoredAnswer): Buffer {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.key, iv);
    const sealed = Buffer.concat([cipher.update(JSON.stringify(answer)), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), sealed]);
  }

  /** The answer, or null when it was sealed with a key that is no longer ours. */
  open(sealed: Buffer): StoredAnswer | null {
    try {
      const decipher = createDecipheriv(ALGORITHM, this.key, sealed.subarray(0, IV_BYTES));
      decipher.setAuthTag(sealed.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
      const text = Buffer.concat([decipher.update(sealed.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
      return JSON.parse(text.toString()) as StoredAnswer;
    } catch {
      return null;
    }
  }
}

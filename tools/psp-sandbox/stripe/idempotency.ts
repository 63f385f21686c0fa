import { createHash } from 'node:crypto';
import type { Books } from '../books/books.js';
import { canonicalForm } from '../http/form-body.js';
import { headerOf } from '../http/request-log.js';
import type { Answer, Call } from '../http/wire.js';
import { keyInUse, keyReused, StripeRefusal } from './stripe-errors.js';

const KEPT_FOR_MS = 24 * 3600 * 1000;

/**
 * Stripe's idempotency layer (08 0.7): the first answer of a key is replayed, errors included, for 24 hours;
 * other parameters under the key are an `idempotency_error`, a call in flight is a 409.
 */
export class IdempotencyLayer {
  constructor(private readonly books: Books) {}

  async run(call: Call, requestId: string, work: () => Promise<Answer>): Promise<Answer> {
    const scopedKey = scopedKeyOf(call);
    if (scopedKey === null) return work();
    const replay = this.replayOf(call, scopedKey);
    if (replay) return replay;
    const createdAt = new Date().toISOString();
    const row = { scopedKey, fingerprint: fingerprintOf(call), requestId, answer: null, createdAt };
    this.books.idempotencyKeys.set(scopedKey, row);
    try {
      const answer = await work();
      this.books.idempotencyKeys.set(scopedKey, {
        ...row,
        answer: { status: answer.status, body: answer.body },
      });
      return answer;
    } catch (error) {
      if (error instanceof StripeRefusal && error.isKept) {
        this.books.idempotencyKeys.set(scopedKey, {
          ...row,
          answer: { status: error.status, body: error.body },
        });
      } else {
        this.books.idempotencyKeys.delete(scopedKey);
      }
      throw error;
    }
  }

  /** Keeps an answer that the provider never worked out, as a 500 of its own would be kept. */
  keep(call: Call, answer: Answer): void {
    const scopedKey = scopedKeyOf(call);
    if (scopedKey === null) return;
    this.books.idempotencyKeys.set(scopedKey, {
      scopedKey,
      fingerprint: fingerprintOf(call),
      requestId: 'req_fault',
      answer: { status: answer.status, body: answer.body },
      createdAt: new Date().toISOString(),
    });
  }

  /** Forgets every key, as if a day had passed. */
  expireAll(): void {
    this.books.idempotencyKeys.clear();
  }

  private replayOf(call: Call, scopedKey: string): Answer | null {
    const row = this.books.idempotencyKeys.get(scopedKey);
    if (!row || Date.now() - Date.parse(row.createdAt) > KEPT_FOR_MS) return null;
    const key = headerOf(call, 'idempotency-key') ?? '';
    if (row.fingerprint !== fingerprintOf(call)) throw keyReused(key);
    if (!row.answer) throw keyInUse(key);
    const headers = { 'idempotent-replayed': 'true', 'original-request': row.requestId };
    return { ...structuredClone(row.answer), headers };
  }
}

function scopedKeyOf(call: Call): string | null {
  const key = call.method === 'POST' ? headerOf(call, 'idempotency-key') : null;
  return key === null ? null : `${headerOf(call, 'stripe-account') ?? ''}|${key}`;
}

const fingerprintOf = (call: Call): string =>
  createHash('sha256')
    .update(`${call.method} ${call.path}\n${canonicalForm(call.bodyText)}`)
    .digest('hex');

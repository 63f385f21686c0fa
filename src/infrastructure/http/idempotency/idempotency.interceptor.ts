import { createHash } from 'node:crypto';
import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Observable, from, lastValueFrom } from 'rxjs';
import { AppConfig } from '../../config/index.js';
import type { AuthenticatedRequest } from '../access/index.js';
import { idempotencyInFlight, idempotencyKeyInvalid, idempotencyKeyReused } from './idempotency.errors.js';
import { type IdempotencyKey, IdempotencyRepository } from './idempotency.repository.js';
import { ResponseCipher, type StoredAnswer } from './response-cipher.js';

const PRINTABLE = /^[\x20-\x7e]{1,255}$/;

/** Carries out `@Idempotent()`. Only answers of success are kept: a refusal created nothing and frees the key. */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  private readonly leaseMs: number;
  private readonly ttlMs: number;

  constructor(
    private readonly keys: IdempotencyRepository,
    private readonly cipher: ResponseCipher,
    config: AppConfig,
  ) {
    // A request outlives its handler's answer when the client times out first; twice the limit is ample.
    this.leaseMs = config.get('HANDLER_TIMEOUT') * 2;
    this.ttlMs = config.get('IDEMPOTENCY_TTL');
  }

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<FastifyRequest & AuthenticatedRequest>();
    const header = request.headers['idempotency-key'];
    if (header === undefined || request.user === undefined) return next.handle();
    if (typeof header !== 'string' || !PRINTABLE.test(header)) throw idempotencyKeyInvalid();
    const key = { userId: request.user.id, key: header, requestHash: hashOf(request) };
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    return from(this.answer(key, reply, next));
  }

  private async answer(key: IdempotencyKey, reply: FastifyReply, next: CallHandler): Promise<unknown> {
    const stored = await this.begin(key);
    if (stored === null) return this.run(key, reply, next);
    void reply.status(stored.status).header('Idempotency-Replayed', 'true');
    return stored.body;
  }

  private async begin(key: IdempotencyKey): Promise<StoredAnswer | null> {
    if (await this.keys.claim(key, this.leaseMs, this.ttlMs)) return null;
    const stored = await this.keys.find(key.userId, key.key);
    if (stored === null) throw idempotencyInFlight();
    if (stored.request_hash !== key.requestHash) throw idempotencyKeyReused();
    if (stored.response === null) throw idempotencyInFlight();
    const answer = this.cipher.open(stored.response);
    if (answer === null) throw idempotencyKeyReused();
    return answer;
  }

  /**
   * Runs the handler to its end, also when the request has been given up on meanwhile: what it did is done. When
   * its answer cannot be stored the key stays claimed until its lease ends; freed, it would invite a second effect.
   */
  private async run(key: IdempotencyKey, reply: FastifyReply, next: CallHandler): Promise<unknown> {
    const statusOfSuccess = reply.statusCode;
    const body = await this.handle(key, next);
    const status = reply.statusCode < 300 ? reply.statusCode : statusOfSuccess;
    await this.keys.storeResponse(key, this.cipher.seal({ status, body }));
    return body;
  }

  private async handle(key: IdempotencyKey, next: CallHandler): Promise<unknown> {
    try {
      return await lastValueFrom(next.handle() as Observable<unknown>);
    } catch (error) {
      await this.keys.release(key);
      throw error;
    }
  }
}

function hashOf(request: FastifyRequest): string {
  return createHash('sha256')
    .update(`${request.method} ${request.url}\n`)
    .update(canonical(request.body))
    .digest('hex');
}

/** JSON with sorted keys, so that the same request written in another order is the same request. */
function canonical(body: unknown): string {
  if (body === undefined) return '';
  return JSON.stringify(body, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

import { type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import {
  InjectThrottlerOptions,
  InjectThrottlerStorage,
  ThrottlerGuard,
  type ThrottlerLimitDetail,
  type ThrottlerModuleOptions,
  type ThrottlerRequest,
  type ThrottlerStorage,
} from '@nestjs/throttler';
import type { FastifyRequest } from 'fastify';
import { DomainError } from '../../common/errors/index.js';
import { AppConfig } from '../config/index.js';
import { callerAddressOf, ENDPOINT_LIMIT, OUTSIDE_GLOBAL_LIMIT } from '../http/index.js';

/**
 * The limits per IP, always on; only DISABLE_RATE_LIMIT_FOR_TESTS turns them off, and production refuses
 * that flag (S0, 09 C19).
 */
@Injectable()
export class RateLimitGuard extends ThrottlerGuard {
  private readonly isDisabled: boolean;
  private readonly globalLimit: { limit: number; windowMs: number };

  constructor(
    @InjectThrottlerOptions() options: ThrottlerModuleOptions,
    @InjectThrottlerStorage() storage: ThrottlerStorage,
    @Inject(Reflector) reflector: Reflector,
    config: AppConfig,
  ) {
    super(options, storage, reflector);
    this.isDisabled = config.get('DISABLE_RATE_LIMIT_FOR_TESTS');
    this.globalLimit = { limit: config.get('RATE_LIMIT_LIMIT'), windowMs: config.get('RATE_LIMIT_WINDOW') };
  }

  /**
   * Counts a request that stood outside the global limit against it after all, because it turned out to have
   * no right to stand there. @throws DomainError 429 `RATE_LIMIT_EXCEEDED`
   */
  async countAgainstGlobalLimit(request: FastifyRequest): Promise<void> {
    if (this.isDisabled) return;
    const key = keyOf('default', await this.getTracker(request));
    const { isBlocked, timeToBlockExpire } = await this.storageService.increment(
      key,
      this.globalLimit.windowMs,
      this.globalLimit.limit,
      this.globalLimit.windowMs,
      'default',
    );
    if (isBlocked) throw rateLimitExceeded(timeToBlockExpire);
  }

  protected override shouldSkip(): Promise<boolean> {
    return Promise.resolve(this.isDisabled);
  }

  protected override async handleRequest(request: ThrottlerRequest): Promise<boolean> {
    const { context, throttler } = request;
    const targets = [context.getHandler(), context.getClass()];
    const applies =
      throttler.name === 'default'
        ? this.reflector.getAllAndOverride<boolean | undefined>(OUTSIDE_GLOBAL_LIMIT, targets) !== true
        : this.reflector.getAllAndOverride<string | undefined>(ENDPOINT_LIMIT, targets) === throttler.name;
    return applies ? super.handleRequest(request) : true;
  }

  // The same address that the log and the sessions name; an IPv6 network of 64 bits counts as one caller.
  protected override getTracker(request: FastifyRequest): Promise<string> {
    return super.getTracker({ ip: callerAddressOf(request) });
  }

  protected override generateKey(_context: ExecutionContext, tracker: string, name: string): string {
    return keyOf(name, tracker);
  }

  protected override throwThrottlingException(
    _context: ExecutionContext,
    { timeToBlockExpire }: ThrottlerLimitDetail,
  ): Promise<void> {
    throw rateLimitExceeded(timeToBlockExpire);
  }
}

const keyOf = (limit: string, tracker: string): string => `${limit}|${tracker}`;

const rateLimitExceeded = (retryAfterSeconds: number): DomainError =>
  new DomainError('RATE_LIMIT_EXCEEDED', 'rate_limited', 'Too many requests, try again later', {
    retryAfterSeconds,
    data: { retry_after: retryAfterSeconds },
  });

import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { type Observable, race, take, throwError, timer, switchMap } from 'rxjs';
import { DomainError } from '../../../common/errors/index.js';
import { AppConfig } from '../../config/index.js';
import { HANDLER_TIMEOUT } from './envelope.decorators.js';

/** Answers 503 `HANDLER_TIMEOUT` when a handler has given no answer in HANDLER_TIMEOUT (S0). */
@Injectable()
export class HandlerTimeoutInterceptor implements NestInterceptor {
  private readonly timeoutMs: number;

  constructor(
    private readonly reflector: Reflector,
    config: AppConfig,
  ) {
    this.timeoutMs = config.get('HANDLER_TIMEOUT');
  }

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const targets = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean | undefined>(HANDLER_TIMEOUT, targets) === false) {
      return next.handle();
    }
    const expiry = timer(this.timeoutMs).pipe(
      switchMap(() =>
        throwError(() => new DomainError('HANDLER_TIMEOUT', 'unavailable', 'The request took too long')),
      ),
    );
    return race(next.handle(), expiry).pipe(take(1));
  }
}

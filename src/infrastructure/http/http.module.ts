import { Global, Module } from '@nestjs/common';
import { APP_FILTER, APP_INTERCEPTOR, APP_PIPE } from '@nestjs/core';
import { Clock, SystemClock } from '../../common/time/index.js';
import { RequestContext } from './context/request-context.js';
import { EnvelopeInterceptor } from './envelope/envelope.interceptor.js';
import { HandlerTimeoutInterceptor } from './envelope/handler-timeout.interceptor.js';
import { ErrorFilter } from './errors/error.filter.js';
import { IdempotencyInterceptor } from './idempotency/idempotency.interceptor.js';
import { IdempotencyRepository } from './idempotency/idempotency.repository.js';
import { ResponseCipher } from './idempotency/response-cipher.js';
import { CursorCodec } from './pagination/cursor-codec.js';
import { ConnectionDrain } from './shutdown/connection-drain.js';
import { RequestValidationPipe } from './validation/request-validation.pipe.js';

/** What every request passes through: validation, envelope, errors, time limit, idempotency. */
@Global()
@Module({
  providers: [
    { provide: Clock, useClass: SystemClock },
    RequestContext,
    ConnectionDrain,
    CursorCodec,
    IdempotencyRepository,
    IdempotencyInterceptor,
    ResponseCipher,
    { provide: APP_PIPE, useClass: RequestValidationPipe },
    { provide: APP_FILTER, useClass: ErrorFilter },
    { provide: APP_INTERCEPTOR, useClass: HandlerTimeoutInterceptor },
    { provide: APP_INTERCEPTOR, useClass: EnvelopeInterceptor },
  ],
  exports: [
    Clock,
    RequestContext,
    CursorCodec,
    IdempotencyRepository,
    IdempotencyInterceptor,
    ResponseCipher,
  ],
})
export class HttpModule {}

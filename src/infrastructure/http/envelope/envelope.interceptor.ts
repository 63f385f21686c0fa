import {
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  StreamableFile,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { type Observable, map } from 'rxjs';
import { Clock } from '../../../common/time/index.js';
import { Paginated } from '../../../common/pagination/index.js';
import { RAW_RESPONSE, RESPONSE_MESSAGE } from './envelope.decorators.js';

/** The `meta` block of every answer (S4). */
export interface ResponseMeta {
  timestamp: string;
  request_id: string;
  version: 'v1';
}

/** Wraps what a controller returns into the success envelope of S4; a file is sent as it is. */
@Injectable()
export class EnvelopeInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly clock: Clock,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const targets = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean | undefined>(RAW_RESPONSE, targets) === true)
      return next.handle();
    const message = this.reflector.getAllAndOverride<string | undefined>(RESPONSE_MESSAGE, targets) ?? 'OK';
    const { id } = context.switchToHttp().getRequest<FastifyRequest>();
    return next
      .handle()
      .pipe(map((body: unknown) => (body instanceof StreamableFile ? body : this.wrap(body, message, id))));
  }

  private wrap(body: unknown, message: string, requestId: string): Record<string, unknown> {
    const meta: ResponseMeta = {
      timestamp: this.clock.now().toISOString(),
      request_id: requestId,
      version: 'v1',
    };
    if (body instanceof Paginated) {
      return { success: true, message, data: body.items as unknown[], pagination: body.pagination, meta };
    }
    return { success: true, message, data: body ?? null, meta };
  }
}

import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost, type AbstractHttpAdapter } from '@nestjs/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ClsService } from 'nestjs-cls';
import { callerAddressOf } from '../http/index.js';
import { redactText } from './redact.js';

type MaybeSignedIn = FastifyRequest & { user?: { id?: string } };

const TRACEPARENT = /^[\da-f]{2}-([\da-f]{32})-[\da-f]{16}-[\da-f]{2}$/;
const PROBES = new Set([
  '/health',
  '/healthz',
  '/live',
  '/api/health',
  '/ready',
  '/readyz',
  '/status',
  '/metrics',
]);
const MAX_PATH_LENGTH = 200;

/** One line for each answered request: method, route pattern, status and duration; never a query string. */
@Injectable()
export class RequestLog implements OnModuleInit {
  private readonly logger = new Logger('Http');

  constructor(
    private readonly adapterHost: HttpAdapterHost,
    private readonly cls: ClsService,
  ) {}

  onModuleInit(): void {
    // A process without HTTP has no adapter, whatever the type says.
    const adapter = this.adapterHost.httpAdapter as AbstractHttpAdapter | undefined;
    if (adapter?.getType() !== 'fastify') return;
    const fastify: FastifyInstance = adapter.getInstance();
    fastify.addHook('onRequest', (request, _reply, done) => {
      this.adoptTrace(request);
      done();
    });
    fastify.addHook('onResponse', (request, reply, done) => {
      this.write(request, reply);
      done();
    });
  }

  /** A caller's W3C trace context becomes the `trace_id` of every line of the request. */
  private adoptTrace(request: FastifyRequest): void {
    const header = request.headers['traceparent'];
    const traceId = typeof header === 'string' ? TRACEPARENT.exec(header)?.[1] : undefined;
    if (traceId !== undefined && this.cls.isActive()) this.cls.set('traceId', traceId);
  }

  private write(request: MaybeSignedIn, reply: FastifyReply): void {
    const route = request.routeOptions.url;
    const line = {
      message: `${request.method} ${route ?? pathOf(request.url)} ${reply.statusCode}`,
      request_id: request.id,
      ip: callerAddressOf(request),
      ...(request.user?.id === undefined ? {} : { user_id: request.user.id }),
      method: request.method,
      ...(route === undefined ? { path: pathOf(request.url) } : { route }),
      status: reply.statusCode,
      duration_ms: Math.round(reply.elapsedTime * 10) / 10,
    };
    if (reply.statusCode >= 500 && route !== undefined && !PROBES.has(route)) this.logger.error(line);
    else if (route !== undefined && PROBES.has(route)) this.logger.debug(line);
    else this.logger.log(line);
  }
}

function pathOf(url: string): string {
  return redactText(url.split('?', 1)[0] ?? '').slice(0, MAX_PATH_LENGTH);
}

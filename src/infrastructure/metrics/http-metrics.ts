import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost, type AbstractHttpAdapter } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { Metrics } from './metrics.js';

/** Counts every answered request under its route pattern, so that paths with ids make no metric of their own. */
@Injectable()
export class HttpMetrics implements OnModuleInit {
  constructor(
    private readonly adapterHost: HttpAdapterHost,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    // A process without HTTP has no adapter, whatever the type says.
    const adapter = this.adapterHost.httpAdapter as AbstractHttpAdapter | undefined;
    if (adapter?.getType() !== 'fastify') return;
    const fastify: FastifyInstance = adapter.getInstance();
    fastify.addHook('onResponse', (request, reply, done) => {
      this.metrics.httpRequest({
        method: request.method,
        endpoint: request.routeOptions.url ?? 'unmatched',
        statusCode: reply.statusCode,
        durationSeconds: reply.elapsedTime / 1_000,
      });
      done();
    });
  }
}

import type { Server } from 'node:http';
import { Injectable, type OnApplicationShutdown, type OnModuleDestroy } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { AppConfig } from '../../config/index.js';

/**
 * Ends HTTP after SIGTERM: requests in flight finish, and their answers tell the clients to hang up, because a
 * kept connection would hold the process for as long as it is kept. What still runs after SHUTDOWN_TIMEOUT is cut.
 */
@Injectable()
export class ConnectionDrain implements OnModuleDestroy, OnApplicationShutdown {
  /** From SIGTERM on. */
  isEnding = false;
  private patience: NodeJS.Timeout | undefined;

  constructor(
    private readonly host: HttpAdapterHost,
    private readonly config: AppConfig,
  ) {}

  onModuleDestroy(): void {
    this.isEnding = true;
    this.patience = setTimeout(() => {
      this.server.closeAllConnections();
    }, this.config.get('SHUTDOWN_TIMEOUT'));
    this.patience.unref();
  }

  onApplicationShutdown(): void {
    clearTimeout(this.patience);
  }

  private get server(): Server {
    return this.host.httpAdapter.getHttpServer() as Server;
  }
}

/** Lets the answers of a server that ends close their connection; called before the routes are added. */
export function hangUpWhenEnding(fastify: FastifyInstance, isEnding: () => boolean): void {
  fastify.addHook('onSend', (_request, reply, payload, done) => {
    if (isEnding()) void reply.header('Connection', 'close');
    done(null, payload);
  });
}

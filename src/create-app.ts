import 'reflect-metadata';
import compress from '@fastify/compress';
import helmet from '@fastify/helmet';
import multipart from '@fastify/multipart';
import type { DynamicModule, NestApplicationOptions } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { ClsService } from 'nestjs-cls';
import { AppModule } from './app.module.js';
import { SystemClock } from './common/time/index.js';
import type { AppConfig } from './infrastructure/config/index.js';
import { AppLogger } from './infrastructure/logging/index.js';
import {
  ConnectionDrain,
  corsOptions,
  hangUpWhenEnding,
  jsonBodyParser,
  registerBodyRules,
  registerRequestScope,
  requestIdOf,
  securityHeaders,
  serveApiDocument,
  transportErrorOptions,
} from './infrastructure/http/index.js';

const JSON_BODY_LIMIT_BYTES = 1_048_576;
/** Longer than any handler or scan stays silent; without it a stalled upload would keep its slot for ever. */
const CONNECTION_IDLE_MS = 120_000;
const API_PREFIX = 'api/v1';
/** Served at the root and not below /api/v1 (S0). */
const ROOT_ROUTES = [
  'health',
  'healthz',
  'live',
  'api/health',
  'ready',
  'readyz',
  'status',
  'metrics',
  'stream/{*path}',
];

/** Builds the Nest application from its module; tests put the testing module in its place. */
export type NestBuilder = (
  module: DynamicModule,
  adapter: FastifyAdapter,
  options: NestApplicationOptions,
) => Promise<NestFastifyApplication>;

const buildForProduction: NestBuilder = (module, adapter, options) =>
  NestFactory.create<NestFastifyApplication>(module, adapter, options);

/** TRUST_PROXY as Fastify takes it: nobody, so many hops, or these networks. */
function trustedProxies(
  setting: number | string[] | undefined,
): string[] | ((address: string, hop: number) => boolean) {
  return typeof setting === 'number' ? (_address, hop) => hop < setting : (setting ?? []);
}

/**
 * The only place that builds the HTTP application; `main.ts` and every end-to-end test use it. The
 * application is not initialised yet: `listen` or `init` does that.
 */
export async function createApp(
  config: AppConfig,
  build: NestBuilder = buildForProduction,
): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    ...transportErrorOptions(new SystemClock()),
    genReqId: requestIdOf,
    trustProxy: trustedProxies(config.get('TRUST_PROXY')),
    bodyLimit: JSON_BODY_LIMIT_BYTES,
    connectionTimeout: CONNECTION_IDLE_MS,
    // The console's page looks for its assets one folder down when it is asked for by its file name (S0).
    rewriteUrl: ({ url = '/' }) => url.replace(/^\/swagger\/swagger\//, '/swagger/'),
    routerOptions: { maxParamLength: 512 },
  });
  const app = await build(AppModule.forRoot(config), adapter, { rawBody: true, bufferLogs: true });
  app.useLogger(app.get(AppLogger));
  app.setGlobalPrefix(API_PREFIX, { exclude: ROOT_ROUTES });
  app.useBodyParser(
    'application/json',
    { bodyLimit: JSON_BODY_LIMIT_BYTES },
    jsonBodyParser(app.getHttpAdapter().getInstance()),
  );
  app.enableCors(corsOptions(config));
  registerRequestScope(app.getHttpAdapter().getInstance(), app.get(ClsService));
  registerBodyRules(app.getHttpAdapter().getInstance());
  const drain = app.get(ConnectionDrain);
  hangUpWhenEnding(app.getHttpAdapter().getInstance(), () => drain.isEnding);
  await app.register(helmet, securityHeaders(config));
  await app.register(compress, { encodings: ['br', 'gzip'], threshold: 2048 });
  await app.register(multipart, { throwFileSizeLimit: false });
  serveApiDocument(app, config.version);
  app.enableShutdownHooks();
  return app;
}

import { Module, type DynamicModule } from '@nestjs/common';
import { ClsService } from 'nestjs-cls';
import { LoggerModule, type Params } from 'nestjs-pino';
import type { DestinationStream } from 'pino';
import type { AppConfig } from '../config/index.js';
import { RequestContext } from '../http/index.js';
import { pinoOptions, type LogContext } from './pino-options.js';
import { RequestLog } from './request-log.js';

/**
 * Logs through nestjs-pino: JSON lines on stdout, readable ones on a developer's terminal. Code uses Nest's
 * `Logger`; `app.useLogger(app.get(AppLogger))` sends it here.
 */
@Module({})
export class LoggingModule {
  /** `destination` replaces stdout, for tests that read the real output. */
  static forRoot(config: AppConfig, destination?: DestinationStream): DynamicModule {
    return {
      module: LoggingModule,
      imports: [
        LoggerModule.forRootAsync({
          inject: [RequestContext, ClsService],
          useFactory: (context: RequestContext, cls: ClsService) =>
            loggerParams(config, contextReader(context, cls), destination),
        }),
      ],
      providers: [RequestLog],
    };
  }
}

function loggerParams(
  config: AppConfig,
  readContext: () => LogContext,
  destination: DestinationStream | undefined,
): Params {
  const options = { ...pinoOptions(config, readContext), autoLogging: false, quietReqLogger: true };
  return {
    pinoHttp: destination ? [options, destination] : options,
    // The request's fields come from the call context, so no middleware has to make a logger per request.
    forRoutes: [],
  };
}

function contextReader(context: RequestContext, cls: ClsService): () => LogContext {
  return () => {
    const requestId = context.requestId;
    if (requestId === undefined) return {};
    const traceId = cls.get<string | undefined>('traceId') ?? requestId;
    return {
      request_id: requestId,
      ...(context.userId === undefined ? {} : { user_id: context.userId }),
      ip: context.ip,
      trace_id: traceId,
    };
  };
}

import { Module, type DynamicModule } from '@nestjs/common';
import { ClsServiceManager } from 'nestjs-cls';
import { Logger as AppLogger, LoggerModule, PinoLogger, type Params } from 'nestjs-pino';
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
      imports: [LoggerModule.forRoot(loggerParams(config, destination))],
      providers: [RequestLog],
    };
  }
}

/** The same log for what happens before the application exists: `Logger.overrideLogger(createLogger(config))`. */
export function createLogger(config: AppConfig, destination?: DestinationStream): AppLogger {
  const params = loggerParams(config, destination);
  return new AppLogger(new PinoLogger(params), params);
}

function loggerParams(config: AppConfig, destination: DestinationStream | undefined): Params {
  const options = { ...pinoOptions(config, readRequest), autoLogging: false, quietReqLogger: true };
  return {
    pinoHttp: destination ? [options, destination] : options,
    // The request's fields come from the call context, so no middleware has to make a logger per request.
    forRoutes: [],
  };
}

function readRequest(): LogContext {
  const cls = ClsServiceManager.getClsService();
  const context = new RequestContext(cls);
  const requestId = context.requestId;
  if (requestId === undefined) return {};
  const traceId = cls.get<string | undefined>('traceId') ?? requestId;
  return {
    request_id: requestId,
    ...(context.userId === undefined ? {} : { user_id: context.userId }),
    ip: context.ip,
    trace_id: traceId,
  };
}

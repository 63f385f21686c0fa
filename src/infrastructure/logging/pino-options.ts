import { createRequire } from 'node:module';
import { join } from 'node:path';
import { stdSerializers, type LogFn, type Logger, type LoggerOptions } from 'pino';
import type { AppConfig } from '../config/index.js';
import { redactRecord, redactText } from './redact.js';

/** What every line says about the request it belongs to (spec 06); empty outside a request. */
export interface LogContext {
  request_id?: string;
  user_id?: string;
  ip?: string;
  trace_id?: string;
}

const REQUEST_FIELDS = new Set(['request_id', 'user_id', 'ip', 'trace_id']);

const serializeError = (error: Error): unknown =>
  redactRecord({ ...(stdSerializers.err(error) as unknown as Record<string, unknown>) });

/**
 * Fields and redaction of the log (spec 06): `level` in capitals, `timestamp` in ISO 8601, `message`, and the
 * request's fields on every line.
 */
export function pinoOptions(config: AppConfig, readContext: () => LogContext): LoggerOptions {
  return {
    level: config.get('LOG_LEVEL').toLowerCase(),
    base: null,
    messageKey: 'message',
    timestamp: () => `,"timestamp":"${new Date().toISOString()}"`,
    mixin: () => ({ ...readContext() }),
    formatters: {
      level: (label) => ({ level: label.toUpperCase() }),
      log: redactRecord,
    },
    serializers: { err: serializeError, error: serializeError },
    hooks: { streamWrite: redactText, logMethod: leaveOutFrameworkChatter },
    ...(isPretty(config) ? { transport: prettyTransport } : {}),
  };
}

/** What the framework tells of each module and route at the start; a hundred lines that nobody asked for. */
const CHATTY_CONTEXTS = new Set(['InstanceLoader', 'RoutesResolver', 'RouterExplorer', 'NestFactory']);
const INFO = 30;

function leaveOutFrameworkChatter(this: Logger, lines: Parameters<LogFn>, write: LogFn, level: number): void {
  const [fields] = lines as unknown[];
  const isChatter =
    level === INFO &&
    this.level !== 'debug' &&
    typeof fields === 'object' &&
    CHATTY_CONTEXTS.has(String((fields as { context?: unknown } | null)?.context));
  if (!isChatter) write.apply(this, lines);
}

const prettyTransport = {
  target: 'pino-pretty',
  options: {
    messageKey: 'message',
    timestampKey: 'timestamp',
    translateTime: 'SYS:HH:MM:ss.l',
    ignore: [...REQUEST_FIELDS].join(','),
    singleLine: true,
  },
};

/** Readable lines are for people in front of a terminal; pino-pretty is no part of the production image. */
function isPretty(config: AppConfig): boolean {
  const format = config.get('LOG_FORMAT');
  if (format === 'json') return false;
  if (format === 'auto' && (config.get('APP_ENV') !== 'development' || !process.stdout.isTTY)) return false;
  return isInstalled('pino-pretty', config.projectRoot);
}

function isInstalled(packageName: string, projectRoot: string): boolean {
  try {
    createRequire(join(projectRoot, 'package.json')).resolve(packageName);
    return true;
  } catch {
    return false;
  }
}

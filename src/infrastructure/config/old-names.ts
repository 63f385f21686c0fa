import type { VariableName } from './schema.js';

/** A former name whose value is taken over as it is, or after `convert`. */
interface RenamedVariable {
  readonly kind: 'renamed';
  readonly to: VariableName;
}

/** One of several former names that make up one variable together. */
interface PartVariable {
  readonly kind: 'part';
  readonly to: 'DATABASE_URL' | 'REDIS_URL';
}

/** A former name without an equivalent: `sentence` says why. Values that match `refuses` stop the start. */
interface RetiredVariable {
  readonly kind: 'retired';
  readonly sentence: string;
  readonly refuses?: RegExp;
}

export type OldName = RenamedVariable | PartVariable | RetiredVariable;

const renamed = (to: VariableName): RenamedVariable => ({ kind: 'renamed', to });
const partOf = (to: PartVariable['to']): PartVariable => ({ kind: 'part', to });
const retired = (sentence: string, refuses?: RegExp): RetiredVariable =>
  refuses ? { kind: 'retired', sentence, refuses } : { kind: 'retired', sentence };

const retiredAll = (names: readonly string[], sentence: string, refuses?: RegExp) =>
  Object.fromEntries(names.map((name) => [name, retired(sentence, refuses)]));

const ANYTHING = /^/;
const SWITCHED_OFF = /^(?:false|0|no|off)$/i;
const SWITCHED_ON = /^(?:true|1|yes|on)$/i;

const NO_QUEUE =
  'has no effect: work waits in the outbox of the database; see the OUTBOX_ and JOB_ variables';
const NO_LEVEL_3 = 'is refused: there are two cache levels (09 C76); remove it';
const NO_CACHE_OPTION = 'has no effect: the cache sizes itself';
const NO_NATS_OPTION = 'has no effect: NATS is configured by NATS_URL alone';
const NO_NOTIFICATION = 'has no effect: every user chooses channels in the notification settings';
const NO_DISCORD = 'has no effect: sign-in with Discord is not offered';
const NO_REDIRECT = 'has no effect: the redirect address follows from PUBLIC_API_URL';
const NO_OAUTH_SWITCH = 'has no effect: a provider is on when its client id and secret are set';
const NO_METRICS_OPTION = 'has no effect: metrics are served on the main port under /metrics';
const NO_ROTATION = 'has no effect: keys are rotated by hand with JWT_PREVIOUS_SECRETS';

/**
 * Every name that older documents use (05 5.2, 09 C33). Each one that is set gives exactly one warning, or
 * one problem when it is refused; none is silently ignored.
 */
export const OLD_NAMES: Readonly<Record<string, OldName>> = {
  PORT: renamed('APP_PORT'),
  ENVIRONMENT: renamed('APP_ENV'),
  DB_HOST: partOf('DATABASE_URL'),
  DB_PORT: partOf('DATABASE_URL'),
  DB_USERNAME: partOf('DATABASE_URL'),
  DB_PASSWORD: partOf('DATABASE_URL'),
  DB_NAME: partOf('DATABASE_URL'),
  DATABASE_MAX_OPEN_CONNS: renamed('DB_POOL_MAX'),
  DATABASE_MAX_IDLE_CONNS: renamed('DB_POOL_MIN'),
  DATABASE_CONN_MAX_LIFETIME: renamed('DB_POOL_MAX_LIFETIME'),
  JWT_ACCESS_SECRET: renamed('JWT_SECRET'),
  JWT_ACCESS_TTL: renamed('JWT_EXPIRATION'),
  JWT_EXPIRY: renamed('JWT_EXPIRATION'),
  JWT_REFRESH_ROTATION: retired('has no effect: refresh tokens are always rotated', SWITCHED_OFF),
  JWT_ROTATION_ENABLED: retired(NO_ROTATION, SWITCHED_ON),
  ...retiredAll(['JWT_ROTATION_INTERVAL', 'JWT_SECRET_HISTORY_SIZE'], NO_ROTATION),
  WRITE_TIMEOUT: renamed('HANDLER_TIMEOUT'),
  READ_TIMEOUT: retired('has no effect: HANDLER_TIMEOUT limits a request'),
  REDIS_HOST: partOf('REDIS_URL'),
  REDIS_PORT: partOf('REDIS_URL'),
  REDIS_PASSWORD: partOf('REDIS_URL'),
  REDIS_DATABASE: partOf('REDIS_URL'),
  REDIS_POOL_SIZE: retired('has no effect: one connection per purpose is enough'),
  ...retiredAll(
    ['NATS_CLUSTER_ID', 'NATS_CLIENT_ID', 'NATS_MAX_RECONNECTS', 'NATS_ENABLE_JETSTREAM'],
    NO_NATS_OPTION,
  ),
  CACHE_ENABLE_L1: retired(NO_CACHE_OPTION),
  CACHE_ENABLE_L2: retired('has no effect: the second cache level is on when REDIS_URL is set'),
  CACHE_ENABLE_L3: retired(NO_LEVEL_3, ANYTHING),
  CACHE_MAX_MEMORY_MB: retired(NO_CACHE_OPTION),
  ...retiredAll(
    [
      'QUEUE_MAX_WORKERS',
      'QUEUE_MAX_SIZE',
      'QUEUE_PROCESSING_TIMEOUT',
      'QUEUE_RETRY_MAX_ATTEMPTS',
      'QUEUE_RETRY_BACKOFF_BASE',
      'QUEUE_DLQ_SIZE',
    ],
    NO_QUEUE,
  ),
  OAUTH_GOOGLE_REDIRECT_URL: retired(NO_REDIRECT),
  OAUTH_GITHUB_REDIRECT_URL: retired(NO_REDIRECT),
  OAUTH_GOOGLE_ENABLED: retired(NO_OAUTH_SWITCH),
  OAUTH_GITHUB_ENABLED: retired(NO_OAUTH_SWITCH),
  ...retiredAll(
    [
      'OAUTH_DISCORD_CLIENT_ID',
      'OAUTH_DISCORD_CLIENT_SECRET',
      'OAUTH_DISCORD_REDIRECT_URL',
      'OAUTH_DISCORD_ENABLED',
    ],
    NO_DISCORD,
  ),
  ...retiredAll(
    ['GRPC_CHAT_HOST', 'GRPC_CHAT_PORT'],
    'has no effect: the chat server is found by CHAT_SERVER_URL',
  ),
  ...retiredAll(
    ['GRPC_STREAM_HOST', 'GRPC_STREAM_PORT'],
    'has no effect: the stream server is found by STREAM_SERVER_URL',
  ),
  METRICS_ENABLED: retired('has no effect: metrics are always served; METRICS_TOKEN protects them'),
  METRICS_PATH: retired(NO_METRICS_OPTION),
  METRICS_PORT: retired(NO_METRICS_OPTION),
  TRACING_ENABLED: retired('has no effect: tracing is on when OTEL_EXPORTER_OTLP_ENDPOINT is set'),
  TRACING_ENDPOINT: renamed('OTEL_EXPORTER_OTLP_ENDPOINT'),
  AUDIT_ENABLED: retired('has no effect: the audit log cannot be switched off', SWITCHED_OFF),
  SESSION_MAX_SESSIONS: retired('has no effect: the number of sessions is not limited'),
  SESSION_IDLE_TIMEOUT: retired('has no effect: a session ends with JWT_REFRESH_TTL'),
  SMTP_USER: renamed('SMTP_USERNAME'),
  SMTP_PASS: renamed('SMTP_PASSWORD'),
  FROM_EMAIL: renamed('SMTP_FROM'),
  EMAIL_FROM: renamed('SMTP_FROM'),
  FROM_NAME: renamed('SMTP_FROM_NAME'),
};

/** Families of former names of which the documents name no member in full. */
const OLD_FAMILIES: readonly (readonly [prefix: RegExp, entry: OldName])[] = [
  [/^CACHE_(?:\w+_)?L3(?:_|$)/, retired(NO_LEVEL_3, ANYTHING)],
  [/^CACHE_WARMUP_/, retired('has no effect: caches fill themselves on use')],
  [/^NOTIFICATION_ENABLE_/, retired(NO_NOTIFICATION)],
];

/** What an older document meant by this name, or null. */
export function findOldName(name: string): OldName | null {
  if (Object.hasOwn(OLD_NAMES, name)) return OLD_NAMES[name] ?? null;
  return OLD_FAMILIES.find(([prefix]) => prefix.test(name))?.[1] ?? null;
}

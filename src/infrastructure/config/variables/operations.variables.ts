import { choice, duration, flag, integer, port, rate, text, url } from '../value-types.js';
import { optional, withDefault, type DefaultContext } from '../variable.js';

const whenSet =
  (name: string) =>
  ({ isSet }: DefaultContext): string =>
    String(isSet(name));

export const eventVariables = {
  EVENT_BUS: withDefault(choice(['postgres', 'rabbitmq', 'nats']), 'postgres', {
    description: 'Where events of the outbox go besides the handlers in this product.',
    adapter: 'absent',
    adapterNote: 'events are delivered from PostgreSQL to the handlers in this product only',
    adapterIgnores: ['postgres'],
  }),
  OUTBOX_LEASE: withDefault(duration({ min: 1_000 }), '30s', {
    description: 'A delivery of a process that died is taken over after this time.',
  }),
  OUTBOX_POLL_INTERVAL: withDefault(duration({ min: 10 }), '1s', {
    description: 'The outbox is looked at this often even when no notification arrives.',
  }),
  OUTBOX_BATCH_SIZE: withDefault(integer({ min: 1, max: 1_000 }), '20', {
    description: 'Deliveries claimed at a time.',
  }),
  OUTBOX_RETENTION: withDefault(duration({ min: 60_000 }), '30d', {
    description: 'Delivered events are kept this long.',
  }),
  JOBS_ENABLED: withDefault(flag(), 'true', {
    description: 'false: no job runs by its schedule in this process; jobs can still be run by hand.',
  }),
  JOB_LEASE: withDefault(duration({ min: 1_000 }), '1m', {
    description: 'A scheduled job of a process that died counts as abandoned after this time.',
  }),
  REDIS_URL: optional(url('redis', 'rediss'), {
    description: 'Redis (S0).',
    isSecret: true,
    adapter: 'partial',
    adapterNote: 'health checks probe it; limits and caches stay in each process',
  }),
  REDIS_ENABLE: withDefault(flag(), whenSet('REDIS_URL'), {
    description: 'Use Redis (09 C60).',
    defaultNote: 'true when REDIS_URL is set',
  }),
  RABBITMQ_URL: optional(url('amqp', 'amqps'), {
    description: 'RabbitMQ (S0).',
    isSecret: true,
    adapter: 'partial',
    adapterNote: 'health checks probe it; no event is published to it',
  }),
  RABBITMQ_ENABLE: withDefault(flag(), whenSet('RABBITMQ_URL'), {
    description: 'Use RabbitMQ (09 C60).',
    defaultNote: 'true when RABBITMQ_URL is set',
  }),
  RABBITMQ_MAX_RETRIES: withDefault(integer(), '3', { description: 'Connection attempts at start (S0).' }),
  RABBITMQ_RETRY_INTERVAL: withDefault(duration(), '2s', {
    description: 'Pause between these attempts (S0).',
  }),
  NATS_URL: optional(url('nats', 'tls'), {
    description: 'NATS.',
    isSecret: true,
    adapter: 'absent',
    adapterNote: 'nothing connects to it',
  }),
  GRPC_ENABLED: withDefault(flag(), 'false', {
    description: 'Serve gRPC.',
    adapter: 'absent',
    adapterNote: 'no gRPC server is started',
    adapterIgnores: ['false'],
  }),
  GRPC_PORT: withDefault(port(), '50050', {
    description: 'Port of the gRPC server.',
    adapter: 'absent',
    adapterNote: 'no gRPC server is started',
  }),
} as const;

const NO_SENTRY = { adapter: 'absent', adapterNote: 'errors are logged and reported nowhere else' } as const;
const NO_TRACING = { adapter: 'absent', adapterNote: 'no trace is exported' } as const;

export const observabilityVariables = {
  LOG_LEVEL: withDefault(choice(['DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL']), 'INFO', {
    description: 'Least level that is logged (S0).',
  }),
  LOG_FORMAT: withDefault(choice(['auto', 'json', 'pretty']), 'auto', {
    description: 'auto: readable lines in development on a terminal, JSON otherwise.',
  }),
  METRICS_TOKEN: optional(text({ minLength: 16 }), {
    description: 'Bearer token of /metrics. Empty: open, in staging and production from loopback only.',
    isSecret: true,
  }),
  HEALTH_PROBE_TIMEOUT: withDefault(duration({ min: 1, max: 2_000 }), '2s', {
    description: 'Longest wait for one dependency in a health check, at most 2s.',
  }),
  SENTRY_DSN: optional(url('http', 'https'), {
    description: 'Sentry project (S0).',
    isSecret: true,
    ...NO_SENTRY,
  }),
  SENTRY_ENVIRONMENT: withDefault(text(), 'production', {
    description: 'Name at Sentry (S0).',
    ...NO_SENTRY,
  }),
  SENTRY_SAMPLE_RATE_ERRORS: withDefault(rate(), '1.0', {
    description: 'Share of errors sent (S0).',
    ...NO_SENTRY,
  }),
  SENTRY_SAMPLE_RATE_TRANSACTIONS: withDefault(rate(), '0.1', {
    description: 'Share of transactions sent (S0).',
    ...NO_SENTRY,
  }),
  OTEL_EXPORTER_OTLP_ENDPOINT: optional(url('http', 'https'), {
    description: 'Collector for traces; empty: tracing off.',
    ...NO_TRACING,
  }),
  TRACING_SAMPLE_RATE: withDefault(rate(), '0.1', {
    description: 'Share of requests traced.',
    ...NO_TRACING,
  }),
  AUDIT_RETENTION_DAYS: withDefault(integer({ min: 1 }), '90', {
    description: 'Days that audit entries are kept.',
    adapter: 'absent',
    adapterNote: 'audit entries are kept for ever',
  }),
  PROFILING_ENABLED: withDefault(flag(), 'false', {
    description: 'Profiles for admins (09 C45).',
    adapter: 'absent',
    adapterNote: 'no profile can be taken',
    adapterIgnores: ['false'],
  }),
} as const;

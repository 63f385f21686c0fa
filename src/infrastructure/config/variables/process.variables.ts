import {
  choice,
  duration,
  durationWithUnit,
  flag,
  integer,
  list,
  port,
  text,
  trustedProxies,
  url,
} from '../value-types.js';
import { byEnvironment, ENVIRONMENTS, optional, required, withDefault } from '../variable.js';

export const processVariables = {
  APP_ENV: withDefault(choice(ENVIRONMENTS), 'development', {
    description: 'Environment. Decides the strict defaults and the production refusals (S0).',
    productionExample: 'production',
  }),
  APP_HOST: withDefault(text(), '0.0.0.0', { description: 'Address to listen on.' }),
  APP_PORT: withDefault(port(), '8080', { description: 'Port to listen on (S0).' }),
  PROCESS_ROLE: withDefault(choice(['all', 'api', 'worker']), 'all', {
    description:
      'What this process does: api serves HTTP, worker runs jobs, outbox and media, all does both (09 C56).',
  }),
  SHUTDOWN_TIMEOUT: withDefault(duration(), '30s', {
    description: 'How long running work may take to end after SIGTERM.',
  }),
  HANDLER_TIMEOUT: withDefault(duration({ min: 1 }), '30s', {
    description: 'How long a request may take until its first byte (S0).',
  }),
  TRUST_PROXY: optional(trustedProxies(), {
    description: 'Proxies whose X-Forwarded-For is believed: number of hops or CIDR list. Empty: nobody.',
  }),
  PUBLIC_APP_URL: optional(url('http', 'https'), {
    description: 'Address of the web application, for links in mails.',
    defaultNote: 'first entry of CORS_ALLOWED_ORIGINS, else http://localhost:3000',
    productionExample: 'https://app.example.com',
  }),
  PUBLIC_API_URL: optional(url('http', 'https'), {
    description: 'Address under which clients reach this server, for signed links.',
    defaultNote: 'http://localhost:{APP_PORT}',
    productionExample: 'https://api.example.com',
  }),
} as const;

export const databaseVariables = {
  DATABASE_URL: required(url('postgres', 'postgresql'), {
    description:
      'PostgreSQL 15 or newer. Required everywhere (S0); `make run` starts one and passes its URL on.',
    isSecret: true,
    productionExample: 'postgres://veza:password@db.example.com:5432/veza',
  }),
  DB_MAX_RETRIES: withDefault(integer(), '5', { description: 'Connection attempts at start (S0).' }),
  DB_RETRY_INTERVAL: withDefault(duration(), '5s', { description: 'Pause between these attempts (S0).' }),
  DB_POOL_MAX: withDefault(integer({ min: 1, max: 1_000 }), '20', {
    description: 'Most connections per process (09 C59).',
  }),
  DB_POOL_MIN: withDefault(integer({ max: 1_000 }), '2', {
    description: 'Connections kept open per process (09 C59).',
  }),
  DB_POOL_IDLE_TIMEOUT: withDefault(duration(), '30m', {
    description: 'An idle connection above DB_POOL_MIN is closed after this time (09 C79).',
  }),
  DB_POOL_MAX_LIFETIME: withDefault(duration(), '1h', {
    description: 'A connection is replaced after this time (09 C79).',
  }),
  DB_CONNECTION_TIMEOUT: withDefault(duration({ min: 1 }), '5s', {
    description: 'Longest wait for a free connection.',
  }),
  DB_STATEMENT_TIMEOUT: withDefault(duration(), '15s', {
    description: 'PostgreSQL ends a longer statement.',
  }),
  DB_READ_REPLICA_URL: optional(url('postgres', 'postgresql'), {
    description: 'Read replica for lists.',
    isSecret: true,
    adapter: 'absent',
    adapterNote: 'every query goes to DATABASE_URL',
  }),
  RUN_MIGRATIONS: withDefault(flag(), 'true', {
    description: 'Migrate at start, under an advisory lock; false when a separate job migrates.',
  }),
} as const;

export const accessVariables = {
  CORS_ALLOWED_ORIGINS: withDefault(list(), '', {
    description:
      'Origins that browsers may call from. Required in production (S0); empty elsewhere: localhost only.',
    productionExample: 'https://app.example.com',
  }),
  CSRF_DISABLED: withDefault(flag(), 'false', {
    description: 'Development and test only: no CSRF check for cookie sessions (S0).',
    adapter: 'absent',
    adapterNote: 'no endpoint accepts cookies, so there is no CSRF check to switch off',
    adapterIgnores: ['false'],
  }),
  RATE_LIMIT_LIMIT: withDefault(integer({ min: 1 }), byEnvironment('200', '1000'), {
    description: 'Requests per address and window (09 C18, C61).',
    defaultNote: '200 in staging and production, 1000 in development and test',
  }),
  RATE_LIMIT_WINDOW: withDefault(durationWithUnit('s', { min: 1_000 }), '60', {
    description: 'Length of that window, in seconds (S0).',
  }),
  RATE_LIMIT_USER_LIMIT: withDefault(integer({ min: 1 }), '1000', {
    description: 'Requests per signed-in user and minute (09 C18).',
    adapter: 'absent',
    adapterNote: 'requests are limited per address',
  }),
  AUTH_RATE_LIMIT_LOGIN_ATTEMPTS: withDefault(integer({ min: 1 }), byEnvironment('5', '100'), {
    description: 'Login attempts per address and window (S0).',
    defaultNote: '5 in staging and production, 100 in development and test',
  }),
  AUTH_RATE_LIMIT_LOGIN_WINDOW: withDefault(durationWithUnit('m', { min: 1_000 }), '1', {
    description: 'Length of that window, in minutes (S0).',
  }),
  DISABLE_RATE_LIMIT_FOR_TESTS: withDefault(flag(), 'false', {
    description: 'Development and test only: no rate limit at all (S0).',
  }),
  BYPASS_CONTENT_CREATOR_ROLE: withDefault(flag(), 'false', {
    description: 'Development and test only: everybody may upload and sell (S0).',
  }),
  IDEMPOTENCY_TTL: withDefault(duration({ min: 60_000 }), '24h', {
    description: 'How long the answer to an Idempotency-Key is kept.',
  }),
} as const;

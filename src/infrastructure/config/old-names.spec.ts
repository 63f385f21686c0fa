import { ConfigError, OLD_NAMES, parseConfig, type AppConfig, type VariableName } from './index.js';

const SECRET = 'kq3Zr8Wm1Xv6Tn4Yb9Lc2Pd7Hs5Jg0Fa';
const MINIMAL = { JWT_SECRET: SECRET, DATABASE_URL: 'postgres://veza@db.internal:5432/veza' };

/** Every name of 05 5.2 and 09 C33, with a value as the documents give it. */
const RENAMED: [string, string, VariableName, unknown][] = [
  ['PORT', '9000', 'APP_PORT', 9000],
  ['ENVIRONMENT', 'staging', 'APP_ENV', 'staging'],
  ['JWT_ACCESS_SECRET', SECRET, 'JWT_SECRET', SECRET],
  ['JWT_ACCESS_TTL', '15m', 'JWT_EXPIRATION', 900_000],
  ['JWT_EXPIRY', '2h', 'JWT_EXPIRATION', 7_200_000],
  ['DATABASE_MAX_OPEN_CONNS', '100', 'DB_POOL_MAX', 100],
  ['DATABASE_MAX_IDLE_CONNS', '10', 'DB_POOL_MIN', 10],
  ['DATABASE_CONN_MAX_LIFETIME', '5m', 'DB_POOL_MAX_LIFETIME', 300_000],
  ['WRITE_TIMEOUT', '10s', 'HANDLER_TIMEOUT', 10_000],
  ['TRACING_ENDPOINT', 'http://jaeger:4318', 'OTEL_EXPORTER_OTLP_ENDPOINT', 'http://jaeger:4318'],
  ['SMTP_USER', 'mailer', 'SMTP_USERNAME', 'mailer'],
  ['SMTP_PASS', 'pass', 'SMTP_PASSWORD', 'pass'],
  ['FROM_EMAIL', 'a@example.com', 'SMTP_FROM', 'a@example.com'],
  ['EMAIL_FROM', 'b@example.com', 'SMTP_FROM', 'b@example.com'],
  ['FROM_NAME', 'Veza Music', 'SMTP_FROM_NAME', 'Veza Music'],
  ['DB_HOST', 'db', 'DATABASE_URL', 'postgres://postgres@db:5432/veza'],
  ['DB_PORT', '6543', 'DATABASE_URL', 'postgres://postgres@localhost:6543/veza'],
  ['DB_USERNAME', 'me', 'DATABASE_URL', 'postgres://me@localhost:5432/veza'],
  ['DB_PASSWORD', 'p@ss', 'DATABASE_URL', 'postgres://postgres:p%40ss@localhost:5432/veza'],
  ['DB_NAME', 'music', 'DATABASE_URL', 'postgres://postgres@localhost:5432/music'],
  ['REDIS_HOST', 'cache', 'REDIS_URL', 'redis://cache:6379/0'],
  ['REDIS_PORT', '6380', 'REDIS_URL', 'redis://localhost:6380/0'],
  ['REDIS_PASSWORD', 'p@ss', 'REDIS_URL', 'redis://:p%40ss@localhost:6379/0'],
  ['REDIS_DATABASE', '3', 'REDIS_URL', 'redis://localhost:6379/3'],
];

const WITHOUT_EFFECT: [string, string][] = [
  ['JWT_REFRESH_ROTATION', 'true'],
  ['JWT_ROTATION_ENABLED', 'false'],
  ['JWT_ROTATION_INTERVAL', '24h'],
  ['JWT_SECRET_HISTORY_SIZE', '5'],
  ['READ_TIMEOUT', '10s'],
  ['REDIS_POOL_SIZE', '100'],
  ['NATS_CLUSTER_ID', 'veza-cluster'],
  ['NATS_CLIENT_ID', 'veza-backend'],
  ['NATS_MAX_RECONNECTS', '10'],
  ['NATS_ENABLE_JETSTREAM', 'true'],
  ['CACHE_ENABLE_L1', 'true'],
  ['CACHE_ENABLE_L2', 'true'],
  ['CACHE_MAX_MEMORY_MB', '512'],
  ['CACHE_WARMUP_ENABLED', 'true'],
  ['CACHE_WARMUP_INTERVAL', '5m'],
  ['QUEUE_MAX_WORKERS', '50'],
  ['QUEUE_MAX_SIZE', '10000'],
  ['QUEUE_PROCESSING_TIMEOUT', '30s'],
  ['QUEUE_RETRY_MAX_ATTEMPTS', '3'],
  ['QUEUE_RETRY_BACKOFF_BASE', '1s'],
  ['QUEUE_DLQ_SIZE', '1000'],
  ['OAUTH_GOOGLE_REDIRECT_URL', 'http://localhost/cb'],
  ['OAUTH_GITHUB_REDIRECT_URL', 'http://localhost/cb'],
  ['OAUTH_GOOGLE_ENABLED', 'true'],
  ['OAUTH_GITHUB_ENABLED', 'true'],
  ['OAUTH_DISCORD_CLIENT_ID', 'x'],
  ['OAUTH_DISCORD_CLIENT_SECRET', 'x'],
  ['OAUTH_DISCORD_REDIRECT_URL', 'http://localhost/cb'],
  ['OAUTH_DISCORD_ENABLED', 'true'],
  ['GRPC_CHAT_HOST', 'localhost'],
  ['GRPC_CHAT_PORT', '9001'],
  ['GRPC_STREAM_HOST', 'localhost'],
  ['GRPC_STREAM_PORT', '9002'],
  ['METRICS_ENABLED', 'true'],
  ['METRICS_PATH', '/metrics'],
  ['METRICS_PORT', '9090'],
  ['TRACING_ENABLED', 'false'],
  ['AUDIT_ENABLED', 'true'],
  ['SESSION_MAX_SESSIONS', '5'],
  ['SESSION_IDLE_TIMEOUT', '30m'],
  ['NOTIFICATION_ENABLE_EMAIL', 'true'],
  ['NOTIFICATION_ENABLE_PUSH', 'false'],
];

const REFUSED: [string, string][] = [
  ['CACHE_ENABLE_L3', 'true'],
  ['CACHE_ENABLE_L3', 'false'],
  ['CACHE_L3_PATH', '/tmp/cache'],
  ['JWT_REFRESH_ROTATION', 'false'],
  ['JWT_ROTATION_ENABLED', 'true'],
  ['AUDIT_ENABLED', 'false'],
];

/** Names of 05 5.2 that are still today's names. */
const STILL_VALID: [VariableName, string, unknown][] = [
  ['JWT_EXPIRATION', '24h', 86_400_000],
  ['JWT_REFRESH_TTL', '7d', 604_800_000],
  ['SHUTDOWN_TIMEOUT', '30s', 30_000],
  ['TRACING_SAMPLE_RATE', '0.1', 0.1],
  ['AUDIT_RETENTION_DAYS', '90', 90],
  ['NATS_URL', 'nats://localhost:4222', 'nats://localhost:4222'],
  ['GRPC_PORT', '9000', 9000],
];

/** Warnings that speak of the old name; the adapter of the new one may add its own. */
const warningsAbout = (config: AppConfig, name: string): string[] =>
  config.warnings.filter((warning) => warning.startsWith(`${name} `));

const minimalWithout = (name: VariableName): Record<string, string> =>
  Object.fromEntries(Object.entries(MINIMAL).filter(([key]) => key !== name));

describe('old names of the documents', () => {
  it.each(RENAMED)('takes %s=%s over as %s with one warning', (old, value, name, expected) => {
    const config = parseConfig({ ...minimalWithout(name), [old]: value });
    expect(config.get(name)).toBe(expected);
    expect(config.isSet(name)).toBe(true);
    expect(warningsAbout(config, old)).toEqual([`${old} is an old name; use ${name}`]);
  });

  it.each(RENAMED)('lets the new name win over %s', (old, value, name) => {
    const current = parseConfig(MINIMAL).get(name);
    const text = { APP_ENV: 'development', JWT_SECRET: SECRET, DATABASE_URL: MINIMAL.DATABASE_URL };
    const given = Object.hasOwn(text, name) ? {} : { [name]: sampleOf(name) };
    const config = parseConfig({ ...MINIMAL, APP_ENV: 'development', ...given, [old]: value });
    if (Object.hasOwn(text, name)) expect(config.get(name)).toBe(current);
    expect(warningsAbout(config, old)).toEqual([
      `${old} is an old name and is ignored because ${name} is set`,
    ]);
  });

  it.each(WITHOUT_EFFECT)('says in one sentence that %s=%s has no effect', (old, value) => {
    const config = parseConfig({ ...MINIMAL, [old]: value });
    expect(config.warnings).toHaveLength(1);
    expect(config.warnings[0]).toMatch(new RegExp(`^${old} has no effect: \\w.+`));
  });

  it.each(REFUSED)('refuses %s=%s with a sentence', (old, value) => {
    const attempt = (): AppConfig => parseConfig({ ...MINIMAL, [old]: value });
    expect(attempt).toThrow(ConfigError);
    expect(attempt).toThrow(new RegExp(`1 problem:\\n {2}- ${old} (?:is refused|cannot be honoured)`));
  });

  it.each(STILL_VALID)('keeps %s=%s as it is', (name, value, expected) => {
    const config = parseConfig({ ...MINIMAL, [name]: value });
    expect(config.get(name)).toBe(expected);
    expect(config.warnings.join()).not.toContain('old');
  });

  it('builds one address from all parts and warns once for each', () => {
    const config = parseConfig({
      JWT_SECRET: SECRET,
      DB_HOST: 'db.internal',
      DB_PORT: '5433',
      DB_USERNAME: 'veza',
      DB_PASSWORD: 'a/b c',
      DB_NAME: 'veza_prod',
    });
    expect(config.get('DATABASE_URL')).toBe('postgres://veza:a%2Fb%20c@db.internal:5433/veza_prod');
    expect(config.warnings).toHaveLength(5);
  });

  it('takes the first of two old names of one variable and says so', () => {
    const config = parseConfig({ ...MINIMAL, FROM_EMAIL: 'a@example.com', EMAIL_FROM: 'b@example.com' });
    expect(config.get('SMTP_FROM')).toBe('a@example.com');
    expect(config.warnings[1]).toBe(
      'EMAIL_FROM is an old name and is ignored because another old name of SMTP_FROM is set',
    );
  });

  it('reads a level in lower case with one warning', () => {
    const config = parseConfig({ ...MINIMAL, LOG_LEVEL: 'debug' });
    expect(config.get('LOG_LEVEL')).toBe('DEBUG');
    expect(config.warnings).toEqual(['LOG_LEVEL=debug is an old spelling; use DEBUG']);
  });

  it('finds old names in files as well', () => {
    expect(parseConfig(MINIMAL, { '.env': 'PORT=7000' }).get('APP_PORT')).toBe(7000);
  });

  it('covers every entry of the table', () => {
    const tried = new Set([...RENAMED, ...WITHOUT_EFFECT, ...REFUSED].map(([name]) => name));
    expect(Object.keys(OLD_NAMES).filter((name) => !tried.has(name))).toEqual([]);
  });
});

function sampleOf(name: VariableName): string {
  const samples: Partial<Record<VariableName, string>> = {
    REDIS_URL: 'redis://set:6379',
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://set:4318',
    APP_PORT: '8080',
    JWT_EXPIRATION: '1h',
    HANDLER_TIMEOUT: '30s',
    DB_POOL_MAX: '20',
    DB_POOL_MIN: '2',
    DB_POOL_MAX_LIFETIME: '1h',
  };
  return samples[name] ?? 'set@example.com';
}

import { ConfigError, parseConfig } from './index.js';
import type { AppConfig, ConfigProblem } from './index.js';

const SECRET = 'kq3Zr8Wm1Xv6Tn4Yb9Lc2Pd7Hs5Jg0Fa';
const MINIMAL = { JWT_SECRET: SECRET, DATABASE_URL: 'postgres://veza@db.internal:5432/veza' };
const PRODUCTION = {
  ...MINIMAL,
  APP_ENV: 'production',
  CORS_ALLOWED_ORIGINS: 'https://app.example.com',
};

function problemsOf(env: Record<string, string>): readonly ConfigProblem[] {
  try {
    parseConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

const names = (env: Record<string, string>): string[] => problemsOf(env).map(({ name }) => name);

describe('values', () => {
  it('answers durations in milliseconds, sizes in bytes, lists and switches', () => {
    const config = parseConfig({
      ...MINIMAL,
      HANDLER_TIMEOUT: '500ms',
      SIGNED_URL_TTL: '1h30m',
      JWT_REFRESH_TTL: '14d',
      MAX_UPLOAD_SIZE: '10MB',
      CREATOR_ROLES: ' creator, label ,',
      TRANSFERS_PAUSED: 'TRUE',
      SENTRY_SAMPLE_RATE_ERRORS: '0.25',
    });
    expect(config.get('HANDLER_TIMEOUT')).toBe(500);
    expect(config.get('SIGNED_URL_TTL')).toBe(5_400_000);
    expect(config.get('JWT_REFRESH_TTL')).toBe(1_209_600_000);
    expect(config.get('MAX_UPLOAD_SIZE')).toBe(10_485_760);
    expect(config.get('CREATOR_ROLES')).toEqual(['creator', 'label']);
    expect(config.get('TRANSFERS_PAUSED')).toBe(true);
    expect(config.get('SENTRY_SAMPLE_RATE_ERRORS')).toBe(0.25);
  });

  it('reads the windows of S0 as seconds and minutes, and durations as well', () => {
    const plain = parseConfig({ ...MINIMAL, RATE_LIMIT_WINDOW: '90', AUTH_RATE_LIMIT_LOGIN_WINDOW: '2' });
    expect(plain.get('RATE_LIMIT_WINDOW')).toBe(90_000);
    expect(plain.get('AUTH_RATE_LIMIT_LOGIN_WINDOW')).toBe(120_000);
    const duration = parseConfig({ ...MINIMAL, RATE_LIMIT_WINDOW: '1m30s' });
    expect(duration.get('RATE_LIMIT_WINDOW')).toBe(90_000);
  });

  it('takes a schedule with or without seconds, and nothing else', () => {
    expect(parseConfig({ ...MINIMAL, MONEY_SWEEP_CRON: '*/2 * * * * *' }).get('MONEY_SWEEP_CRON')).toBe(
      '*/2 * * * * *',
    );
    expect(parseConfig(MINIMAL).get('MONEY_SWEEP_CRON')).toBe('* * * * *');
    expect(names({ ...MINIMAL, MONEY_SWEEP_CRON: 'every tuesday' })).toEqual(['MONEY_SWEEP_CRON']);
    expect(names({ ...MINIMAL, MONEY_SWEEP_CRON: '99 * * * *' })).toEqual(['MONEY_SWEEP_CRON']);
  });

  it('reads the steps of a sweep as a list of durations', () => {
    expect(parseConfig(MINIMAL).get('REFUND_SWEEP_STEPS')).toEqual([
      120_000, 600_000, 3_600_000, 21_600_000, 86_400_000,
    ]);
    expect(parseConfig({ ...MINIMAL, REFUND_SWEEP_STEPS: ' 1s, 500ms ' }).get('REFUND_SWEEP_STEPS')).toEqual([
      1_000, 500,
    ]);
    for (const steps of ['2m,soon', '0,2m', '2m,,1h', Array(21).fill('1m').join(',')]) {
      expect(names({ ...MINIMAL, REFUND_SWEEP_STEPS: steps })).toEqual(['REFUND_SWEEP_STEPS']);
    }
  });

  it.each([
    ['2', 2],
    ['10.0.0.0/8, 127.0.0.1', ['10.0.0.0/8', '127.0.0.1']],
    ['', undefined],
  ])('reads TRUST_PROXY=%j', (text, expected) => {
    expect(parseConfig({ ...MINIMAL, TRUST_PROXY: text }).get('TRUST_PROXY')).toEqual(expected);
  });

  it.each([
    ['APP_PORT', '70000'],
    ['APP_PORT', '80a'],
    ['HANDLER_TIMEOUT', '5 parsecs'],
    ['MAX_UPLOAD_SIZE', '-1MB'],
    ['TRANSFERS_PAUSED', 'maybe'],
    ['LOG_LEVEL', 'LOUD'],
    ['APP_ENV', 'prod'],
    ['DATABASE_URL', 'mysql://localhost/veza'],
    ['TRUST_PROXY', 'everybody!'],
    ['CLAMAV_ADDRESS', 'localhost'],
    ['ENCRYPTION_KEY', 'c2hvcnQ='],
    ['PLATFORM_FEE_BPS', '10001'],
    ['TRACING_SAMPLE_RATE', '1.5'],
    ['HEALTH_PROBE_TIMEOUT', '3s'],
    ['JWT_SECRET', 'too short'],
    ['JWT_PREVIOUS_SECRETS', 'too short'],
    ['CORS_ALLOWED_ORIGINS', 'app.example.com'],
    ['DB_POOL_MIN', '21'],
  ])('refuses %s=%s', (name, value) => {
    expect(names({ ...MINIMAL, [name]: value })).toEqual([name]);
  });

  it('names every problem at once and prints no secret', () => {
    const secret = 'short-but-secret';
    const problems = problemsOf({ JWT_SECRET: secret, APP_PORT: 'x', PSP_TIMEOUT: 'soon' });
    expect(problems.map(({ name }) => name).sort()).toEqual([
      'APP_PORT',
      'DATABASE_URL',
      'JWT_SECRET',
      'PSP_TIMEOUT',
    ]);
    const message = new ConfigError(problems).message;
    expect(message).toContain('4 problems');
    expect(message).toContain('(is "soon")');
    expect(message).not.toContain(secret);
  });

  it('ends the process with the exit code of a configuration error', () => {
    expect(new ConfigError([]).exitCode).toBe(78);
  });
});

describe('sources', () => {
  const files = {
    '.env': 'APP_PORT=1111\nJWT_ISSUER=common\nSMTP_FROM_NAME="Veza # music"\nAPP_ENV=staging',
    '.env.staging': 'APP_PORT=2222\nJWT_AUDIENCE=staging',
    '.env.production': 'JWT_AUDIENCE=production',
  };

  it('lets the file of the environment win over the common file, and the environment over both', () => {
    const fromFiles = parseConfig(MINIMAL, files);
    expect(fromFiles.get('APP_ENV')).toBe('staging');
    expect(fromFiles.get('APP_PORT')).toBe(2222);
    expect(fromFiles.get('JWT_ISSUER')).toBe('common');
    expect(fromFiles.get('JWT_AUDIENCE')).toBe('staging');
    expect(fromFiles.get('SMTP_FROM_NAME')).toBe('Veza # music');
    expect(parseConfig({ ...MINIMAL, APP_PORT: '3333' }, files).get('APP_PORT')).toBe(3333);
  });

  it('takes the environment from the process before the one of the file', () => {
    const config = parseConfig({ ...PRODUCTION }, files);
    expect(config.get('JWT_AUDIENCE')).toBe('production');
  });

  it('treats an empty value as unset', () => {
    const config = parseConfig({ ...MINIMAL, APP_PORT: '', REDIS_URL: '' }, files);
    expect(config.get('APP_PORT')).toBe(8080);
    expect(config.isSet('APP_PORT')).toBe(false);
    expect(config.isRedisEnabled).toBe(false);
  });

  it('warns of names that look like ours and of unknown names in a file, and of nothing else', () => {
    const { warnings } = parseConfig(
      { ...MINIMAL, JWT_SECERT: 'x', DB_POOL_MAXX: '5', HOME: '/root', PATHS: 'x', NODE_ENV: 'test' },
      { '.env': 'COLOUR=blue' },
    );
    expect([...warnings].sort()).toEqual([
      'COLOUR in .env is not known and has no effect',
      'DB_POOL_MAXX is not known; did you mean DB_POOL_MAX?',
      'JWT_SECERT is not known; did you mean JWT_SECRET?',
    ]);
  });
});

describe('defaults', () => {
  it.each([
    ['development', 3_600_000, 1000, 100, false],
    ['test', 3_600_000, 1000, 100, false],
    ['staging', 900_000, 200, 5, true],
    ['production', 900_000, 200, 5, true],
  ])('follow the environment %s', (environment, lifeMs, limit, logins, isScanRequired) => {
    const config = parseConfig({ ...PRODUCTION, APP_ENV: environment });
    expect(config.get('JWT_EXPIRATION')).toBe(lifeMs);
    expect(config.get('RATE_LIMIT_LIMIT')).toBe(limit);
    expect(config.get('RATE_LIMIT_WINDOW')).toBe(60_000);
    expect(config.get('AUTH_RATE_LIMIT_LOGIN_ATTEMPTS')).toBe(logins);
    expect(config.get('CLAMAV_REQUIRED')).toBe(isScanRequired);
  });

  it('switch Redis and RabbitMQ on with their address only (09 C60)', () => {
    const without = parseConfig(MINIMAL);
    expect([without.get('REDIS_ENABLE'), without.get('RABBITMQ_ENABLE')]).toEqual([false, false]);
    const set = parseConfig({ ...MINIMAL, REDIS_URL: 'redis://r:6379', RABBITMQ_URL: 'amqp://r:5672/' });
    expect([set.isRedisEnabled, set.isRabbitMqEnabled]).toEqual([true, true]);
    const off = parseConfig({ ...MINIMAL, REDIS_URL: 'redis://r:6379', REDIS_ENABLE: 'false' });
    expect(off.isRedisEnabled).toBe(false);
  });
});

describe('production', () => {
  it('starts with the four variables of S0', () => {
    const config = parseConfig(PRODUCTION);
    expect(config.isProduction).toBe(true);
    expect(config.signedUrlKey).toHaveLength(32);
    expect(config.encryptionKey).toHaveLength(32);
    expect(config.chatJwtSecret).toBe(SECRET);
    expect(config.publicAppUrl).toBe('https://app.example.com');
    expect(config.unusedVariables).toEqual([]);
  });

  it.each([
    ['CORS_ALLOWED_ORIGINS', ''],
    ['CORS_ALLOWED_ORIGINS', 'https://app.example.com,*'],
    ['CSRF_DISABLED', 'true'],
    ['BYPASS_CONTENT_CREATOR_ROLE', 'true'],
    ['DISABLE_RATE_LIMIT_FOR_TESTS', 'true'],
    ['PSP_SANDBOX_PORT', '8090'],
    ['HYPERSWITCH_URL', 'http://localhost:8080'],
    ['HYPERSWITCH_URL', 'http://payments.internal:8090'],
    ['HYPERSWITCH_URL', 'https://sandbox.hyperswitch.io'],
    ['STRIPE_API_URL', 'http://psp-sandbox:9000'],
    ['REDIS_ENABLE', 'true'],
    ['JWT_SECRET', 'change-me-to-a-long-random-string-of-characters'],
    ['JWT_SECRET', 'your-super-secret-jwt-key-that-is-long-enough'],
    ['JWT_SECRET', 'replace-me-with-the-output-of-openssl-rand-base64-48'],
    ['JWT_SECRET', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'],
  ])('refuses %s=%s', (name, value) => {
    expect(names({ ...PRODUCTION, [name]: value })).toEqual([name]);
  });

  it('refuses test switches, samples and the sandbox in staging, but not a provider sandbox', () => {
    const staging = { ...PRODUCTION, APP_ENV: 'staging', CORS_ALLOWED_ORIGINS: '' };
    expect(names(staging)).toEqual([]);
    expect(names({ ...staging, CSRF_DISABLED: 'true' })).toEqual(['CSRF_DISABLED']);
    expect(names({ ...staging, PSP_SANDBOX_PORT: '1' })).toEqual(['PSP_SANDBOX_PORT']);
    expect(names({ ...staging, HYPERSWITCH_URL: 'http://127.0.0.1:1' })).toEqual(['HYPERSWITCH_URL']);
    expect(names({ ...staging, HYPERSWITCH_URL: 'https://sandbox.hyperswitch.io' })).toEqual([]);
  });

  it('allows all of it in development', () => {
    const config = parseConfig({
      ...MINIMAL,
      DISABLE_RATE_LIMIT_FOR_TESTS: 'true',
      HYPERSWITCH_URL: 'http://localhost:8090',
      REDIS_ENABLE: 'true',
    });
    expect(config.isRedisEnabled).toBe(false);
    expect(config.warnings).toEqual([
      'REDIS_ENABLE is true but REDIS_URL is not set: the service counts as disabled',
    ]);
  });
});

describe('keys', () => {
  const config: AppConfig = parseConfig(MINIMAL);

  it('are derived per purpose and stay the same for the same secret', () => {
    expect(config.derivedKey('a')).toEqual(parseConfig(MINIMAL).derivedKey('a'));
    expect(config.derivedKey('a')).not.toEqual(config.derivedKey('b'));
    expect(config.derivedKey('a', 64)).toHaveLength(64);
    const other = parseConfig({ ...MINIMAL, JWT_SECRET: `${SECRET}x` });
    expect(other.derivedKey('a')).not.toEqual(config.derivedKey('a'));
  });

  it('are taken as given when they are set', () => {
    const key = Buffer.alloc(32, 7);
    const set = parseConfig({
      ...MINIMAL,
      ENCRYPTION_KEY: key.toString('base64'),
      SIGNED_URL_SECRET: 'a signing secret of forty characters ....',
      CHAT_JWT_SECRET: 'a chat secret of at least 32 characters',
    });
    expect(set.encryptionKey).toEqual(key);
    expect(set.signedUrlKey.toString()).toBe('a signing secret of forty characters ....');
    expect(set.chatJwtSecret).toBe('a chat secret of at least 32 characters');
  });
});

describe('variables without an adapter', () => {
  it('are reported with what happens instead, once each', () => {
    const config = parseConfig({ ...MINIMAL, EVENT_BUS: 'nats', STORAGE_DRIVER: 's3', S3_BUCKET: 'b' });
    expect(config.unusedVariables.map(({ name }) => name)).toEqual([
      'STORAGE_DRIVER',
      'S3_BUCKET',
      'EVENT_BUS',
    ]);
    expect(config.warnings).toContain('STORAGE_DRIVER is set, but files are kept in UPLOAD_DIR');
    expect(config.warnings).toHaveLength(3);
  });

  it('say nothing while they have the value that needs none', () => {
    const config = parseConfig({ ...MINIMAL, EVENT_BUS: 'postgres', GRPC_ENABLED: 'false' });
    expect(config.unusedVariables).toEqual([]);
    expect(config.warnings).toEqual([]);
  });
});

describe('place', () => {
  it('knows the project folder and the version of package.json', () => {
    const config = parseConfig(MINIMAL);
    expect(config.projectRoot).toBe(process.cwd());
    expect(config.version).toMatch(/^\d+\.\d+\.\d+/);
    expect(config.pathOf('UPLOAD_DIR')).toBe(`${process.cwd()}/uploads`);
    expect(parseConfig({ ...MINIMAL, UPLOAD_DIR: '/srv/files' }).pathOf('UPLOAD_DIR')).toBe('/srv/files');
  });
});

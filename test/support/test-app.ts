import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test, type TestingModuleBuilder } from '@nestjs/testing';
import { Client } from 'pg';
import request from 'supertest';
import type TestAgent from 'supertest/lib/agent.js';
import { Clock } from '../../src/common/time/index.js';
import { createApp, type NestBuilder } from '../../src/create-app.js';
import { parseConfig } from '../../src/infrastructure/config/index.js';
import { createTestDatabase, type TestDatabase } from './database.js';
import { recordRouteCases } from './route-cases.js';
import { TestClock } from './test-clock.js';

/** The secret that tests sign with; it is of no use anywhere else. */
export const TEST_JWT_SECRET = 'only-for-the-test-suite-0123456789abcdef';
export const TEST_INTERNAL_KEY = 'only-for-the-test-suite-internal-key';

export interface TestAppOptions {
  /** Environment variables over the defaults below. */
  env?: Record<string, string>;
  /** Replaces outside systems in the testing module; never the database. */
  customize?: (builder: TestingModuleBuilder) => TestingModuleBuilder;
  /** Boots a further application on the database of another one. */
  database?: TestDatabase;
  /** Listens on a free port of the loopback; needed where the sandbox calls back. */
  listen?: boolean;
}

/** The application under test: the production wiring on a database of its own. */
export interface TestApp {
  app: NestFastifyApplication;
  /** Supertest against the application; paths through `api()`. */
  http: TestAgent;
  /** Base address when `listen` was asked for. */
  url: string;
  clock: TestClock;
  database: TestDatabase;
  uploadDir: string;
  /** One SQL statement on a connection of its own, to look at what was really stored. */
  sql<Row = Record<string, unknown>>(text: string, parameters?: unknown[]): Promise<Row[]>;
  close(): Promise<void>;
}

const PREFIX = '/api/v1';

/** Boots `create-app.ts` as production does, with APP_ENV=test, a cloned database and a movable clock. */
export async function createTestApp(options: TestAppOptions = {}): Promise<TestApp> {
  const database = options.database ?? (await createTestDatabase());
  const folder = await mkdtemp(join(tmpdir(), 'veza-test-'));
  const clock = new TestClock();
  const config = parseConfig({
    APP_ENV: 'test',
    DATABASE_URL: database.url,
    JWT_SECRET: TEST_JWT_SECRET,
    STREAM_SERVER_INTERNAL_API_KEY: TEST_INTERNAL_KEY,
    DB_POOL_MAX: '10',
    DB_POOL_MIN: '0',
    UPLOAD_DIR: join(folder, 'uploads'),
    MAIL_DIR: join(folder, 'mail'),
    LOG_LEVEL: 'ERROR',
    DISABLE_RATE_LIMIT_FOR_TESTS: 'true',
    JOBS_ENABLED: 'false',
    ...options.env,
  });
  const build: NestBuilder = async (module, adapter, nestOptions) => {
    const builder = Test.createTestingModule({ imports: [module] })
      .overrideProvider(Clock)
      .useValue(clock);
    const compiled = await (options.customize?.(builder) ?? builder).compile();
    return compiled.createNestApplication<NestFastifyApplication>(adapter, nestOptions);
  };
  const app = await createApp(config, build);
  recordRouteCases(app);
  if (options.listen === true) await app.listen(0, '127.0.0.1');
  else await app.init();
  await app.getHttpAdapter().getInstance().ready();
  const inspector = new Client({ connectionString: database.url });
  await inspector.connect();
  return {
    app,
    http: request.agent(app.getHttpServer()),
    url: options.listen === true ? await app.getUrl() : '',
    clock,
    database,
    uploadDir: join(folder, 'uploads'),
    async sql<Row>(text: string, parameters: unknown[] = []): Promise<Row[]> {
      const result = await inspector.query(text, parameters);
      return result.rows as Row[];
    },
    async close() {
      await inspector.end();
      await app.close();
      if (options.database === undefined) await database.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The path of an API route. */
export const api = (path: string): string => `${PREFIX}${path}`;

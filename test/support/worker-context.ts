import 'reflect-metadata';
import {
  Module,
  type DynamicModule,
  type INestApplicationContext,
  type Provider,
  type Type,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ClsModule } from 'nestjs-cls';
import { Client } from 'pg';
import { Clock, SystemClock } from '../../src/common/time/index.js';
import { ConfigModule, parseConfig } from '../../src/infrastructure/config/index.js';
import { DatabaseModule, transactionPlugin } from '../../src/infrastructure/database/index.js';
import type { TestDatabase } from './database.js';

export interface WorkerContextOptions {
  database: TestDatabase;
  imports: (Type | DynamicModule)[];
  providers?: Provider[];
  env?: Record<string, string>;
}

@Module({})
class ClockModule {
  static readonly forTests: DynamicModule = {
    module: ClockModule,
    global: true,
    providers: [{ provide: Clock, useClass: SystemClock }],
    exports: [Clock],
  };
}

@Module({})
class UnderTestModule {}

/**
 * A process without HTTP: configuration, transactions, a pool of its own, and the given modules. Two of
 * them on one database behave like two processes.
 */
export async function createWorkerContext({
  database,
  imports,
  providers = [],
  env = {},
}: WorkerContextOptions): Promise<INestApplicationContext> {
  const config = parseConfig({
    APP_ENV: 'test',
    DATABASE_URL: database.url,
    JWT_SECRET: 'only-for-the-test-suite-0123456789abcdef',
    DB_POOL_MAX: '10',
    DB_POOL_MIN: '0',
    ...env,
  });
  const module: DynamicModule = {
    module: UnderTestModule,
    imports: [
      ConfigModule.forRoot(config),
      ClockModule.forTests,
      ClsModule.forRoot({ global: true, middleware: { mount: false }, plugins: [transactionPlugin()] }),
      DatabaseModule.forRoot([]),
      ...imports,
    ],
    providers,
  };
  const context = await NestFactory.createApplicationContext(module, { logger: false, abortOnError: false });
  return context;
}

/** Runs SQL on a connection of its own, to look at what was really stored. */
export async function openSql(url: string): Promise<{
  sql: <Row = Record<string, unknown>>(text: string, parameters?: unknown[]) => Promise<Row[]>;
  close: () => Promise<void>;
}> {
  const client = new Client({ connectionString: url });
  await client.connect();
  return {
    sql: async <Row>(text: string, parameters: unknown[] = []) => {
      const result = await client.query(text, parameters);
      return result.rows as Row[];
    },
    close: () => client.end(),
  };
}

import { type DynamicModule, Global, Module, type Type } from '@nestjs/common';
import { TypeOrmModule, getDataSourceToken } from '@nestjs/typeorm';
import { ClsPluginTransactional } from '@nestjs-cls/transactional';
import { TransactionalAdapterTypeOrm } from '@nestjs-cls/transactional-adapter-typeorm';
import { AppConfig } from '../config/index.js';
import { Database } from './database.js';
import { QueryObserver } from './query-observer.js';

/** The entities that the wings bring along. */
export type EntityClass = Type;

/** The plugin that carries the open transaction through the call (ADR transactions). */
export const transactionPlugin = (): ClsPluginTransactional =>
  new ClsPluginTransactional({
    imports: [TypeOrmModule],
    adapter: new TransactionalAdapterTypeOrm({ dataSourceToken: getDataSourceToken() }),
  });

/** PostgreSQL through TypeORM, one pool per process. The schema comes from migrations only. */
@Global()
@Module({})
export class DatabaseModule {
  static forRoot(entities: readonly EntityClass[]): DynamicModule {
    return {
      module: DatabaseModule,
      imports: [
        TypeOrmModule.forRootAsync({
          inject: [AppConfig],
          useFactory: (config: AppConfig) => ({
            type: 'postgres' as const,
            url: config.get('DATABASE_URL'),
            entities: [...entities],
            synchronize: false,
            retryAttempts: 1,
            applicationName: 'veza-backend-api',
            extra: {
              max: config.get('DB_POOL_MAX'),
              min: config.get('DB_POOL_MIN'),
              idleTimeoutMillis: config.get('DB_POOL_IDLE_TIMEOUT'),
              maxLifetimeSeconds: Math.round(config.get('DB_POOL_MAX_LIFETIME') / 1000),
              connectionTimeoutMillis: 5_000,
              statement_timeout: config.get('DB_STATEMENT_TIMEOUT'),
            },
          }),
        }),
      ],
      providers: [Database, QueryObserver],
      exports: [Database, QueryObserver, TypeOrmModule],
    };
  }
}

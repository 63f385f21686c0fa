import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApp } from '../../src/create-app.js';
import { parseConfig } from '../../src/infrastructure/config/index.js';

/**
 * The application with its routes and nothing behind them: Nest's preview mode builds no provider, so that
 * neither a database nor a secret is needed.
 */
export function createPreviewApp(): Promise<NestFastifyApplication> {
  const config = parseConfig({
    APP_ENV: 'development',
    JWT_SECRET: 'signs-nothing-because-nothing-is-started',
    DATABASE_URL: 'postgres://nobody@localhost:1/nothing',
  });
  return createApp(config, (module, adapter, options) =>
    NestFactory.create<NestFastifyApplication>(module, adapter, { ...options, preview: true, logger: false }),
  );
}

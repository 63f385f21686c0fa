import { Global, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { ThrottlerModule } from '@nestjs/throttler';
import { AppConfig } from '../config/index.js';
import { FixedWindowStorage } from './fixed-window.storage.js';
import { limitsOf } from './limits.js';
import { RateLimitGuard } from './rate-limit.guard.js';

/** The global rate limits; imported before everything else, so that its guard runs first. */
@Global()
@Module({
  imports: [
    ThrottlerModule.forRootAsync({
      inject: [AppConfig],
      useFactory: (config: AppConfig) => ({
        throttlers: limitsOf(config).map(({ name, limit, windowMs }) => ({ name, limit, ttl: windowMs })),
        storage: new FixedWindowStorage(),
      }),
    }),
  ],
  providers: [RateLimitGuard, { provide: APP_GUARD, useExisting: RateLimitGuard }],
  exports: [RateLimitGuard],
})
export class RateLimitModule {}

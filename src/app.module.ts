import { type DynamicModule, Module } from '@nestjs/common';
import { ClsModule } from 'nestjs-cls';
import { AntivirusModule } from './infrastructure/antivirus/index.js';
import { type AppConfig, ConfigModule } from './infrastructure/config/index.js';
import { DatabaseModule, transactionPlugin } from './infrastructure/database/index.js';
import { EventsModule } from './infrastructure/events/index.js';
import { SchedulingModule } from './infrastructure/scheduling/index.js';
import { LoggingModule } from './infrastructure/logging/index.js';
import { HealthModule } from './infrastructure/health/index.js';
import { HttpModule } from './infrastructure/http/index.js';
import { MailModule } from './infrastructure/mail/index.js';
import { MetricsModule } from './infrastructure/metrics/index.js';
import { ListsModule } from './infrastructure/lists/index.js';
import { RateLimitModule } from './infrastructure/rate-limit/index.js';
import { StorageModule } from './infrastructure/storage/index.js';
import { wings } from './wings.js';

/** What runs: the ground floor and the wings. The order of guards is the order of these imports. */
@Module({})
export class AppModule {
  static forRoot(config: AppConfig): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigModule.forRoot(config),
        ClsModule.forRoot({ global: true, middleware: { mount: false }, plugins: [transactionPlugin()] }),
        LoggingModule.forRoot(config),
        DatabaseModule.forRoot(wings.flatMap((wing) => wing.entities)),
        HttpModule,
        RateLimitModule,
        MetricsModule,
        HealthModule,
        EventsModule,
        SchedulingModule,
        MailModule,
        ListsModule,
        StorageModule,
        AntivirusModule,
        ...wings.flatMap((wing) => wing.modules),
      ],
    };
  }
}

import { Logger, Module, type DynamicModule, type OnApplicationBootstrap } from '@nestjs/common';
import { AppConfig } from './app-config.js';

/** Gives the parsed configuration to every module and tells its warnings once at start. */
@Module({})
export class ConfigModule implements OnApplicationBootstrap {
  private readonly logger = new Logger('Config');

  constructor(private readonly config: AppConfig) {}

  static forRoot(config: AppConfig): DynamicModule {
    return {
      module: ConfigModule,
      global: true,
      providers: [{ provide: AppConfig, useValue: config }],
      exports: [AppConfig],
    };
  }

  onApplicationBootstrap(): void {
    for (const warning of this.config.warnings) this.logger.warn(warning);
  }
}

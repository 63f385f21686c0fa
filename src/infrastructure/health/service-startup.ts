import { setTimeout as pause } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { AppConfig } from '../config/index.js';
import { BuiltInIndicators } from './built-in-indicators.js';

interface EnabledService {
  readonly name: string;
  readonly variable: string;
  readonly retries: number;
  readonly intervalMs: number;
  readonly fallback: string;
  ping(): Promise<void>;
}

/**
 * An enabled Redis or RabbitMQ must be there in production once the configured retries are over; elsewhere
 * one warning names the fallback (05 5.3).
 */
@Injectable()
export class ServiceStartup implements OnApplicationBootstrap {
  private readonly logger = new Logger(ServiceStartup.name);

  constructor(
    private readonly config: AppConfig,
    private readonly builtIn: BuiltInIndicators,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    for (const service of this.enabledServices()) await this.verify(service);
  }

  private async verify(service: EnabledService): Promise<void> {
    const attempts = this.config.isProduction ? service.retries + 1 : 1;
    for (let attempt = 1; attempt <= attempts; attempt++) {
      if (await this.isThere(service, attempt)) return;
      if (attempt < attempts) await pause(service.intervalMs);
    }
    if (!this.config.isProduction) return;
    throw new Error(
      `${service.name} is enabled and cannot be reached; correct ${service.variable} or unset it`,
    );
  }

  private async isThere(service: EnabledService, attempt: number): Promise<boolean> {
    try {
      await service.ping();
      return true;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const what = `${service.name} cannot be reached (attempt ${attempt}): ${reason}`;
      this.logger.warn(this.config.isProduction ? what : `${what}; ${service.fallback}`);
      return false;
    }
  }

  private enabledServices(): EnabledService[] {
    const { redis, rabbitMq } = this.builtIn;
    const timeoutMs = this.config.get('HEALTH_PROBE_TIMEOUT');
    const services: EnabledService[] = [];
    if (redis) {
      services.push({
        name: 'Redis',
        variable: 'REDIS_URL',
        retries: this.config.get('DB_MAX_RETRIES'),
        intervalMs: this.config.get('DB_RETRY_INTERVAL'),
        fallback: 'limits and caches stay in each process',
        ping: () => redis.ping(AbortSignal.timeout(timeoutMs)),
      });
    }
    if (rabbitMq) {
      services.push({
        name: 'RabbitMQ',
        variable: 'RABBITMQ_URL',
        retries: this.config.get('RABBITMQ_MAX_RETRIES'),
        intervalMs: this.config.get('RABBITMQ_RETRY_INTERVAL'),
        fallback: 'events are delivered from PostgreSQL',
        ping: () => rabbitMq.ping(AbortSignal.timeout(timeoutMs)),
      });
    }
    return services;
  }
}

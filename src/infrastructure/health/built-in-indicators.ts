import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { AppConfig } from '../config/index.js';
import {
  HealthIndicators,
  type HealthIndicator,
  type HealthScope,
  type ProbeState,
} from './health-indicators.js';
import { DatabaseProbeRepository } from './probes/database-probe.repository.js';
import { pingClamd } from './probes/clamd.probe.js';
import { askHttp } from './probes/http.probe.js';
import { EventLoopProbe, probeMemory } from './probes/process.probe.js';
import { RabbitMqProbe } from './probes/rabbitmq.probe.js';
import { RedisProbe } from './probes/redis.probe.js';
import { providerIndicator } from './provider-indicator.js';

const DEPENDENCY: readonly HealthScope[] = ['ready', 'health', 'status'];
const HEALTHY: ProbeState = 'healthy';

/** Registers what every installation has: database, Redis, RabbitMQ, the companion servers, this process. */
@Injectable()
export class BuiltInIndicators implements OnModuleInit, OnApplicationShutdown {
  private readonly eventLoop = new EventLoopProbe();
  readonly redis: RedisProbe | null;
  readonly rabbitMq: RabbitMqProbe | null;

  constructor(
    private readonly config: AppConfig,
    private readonly indicators: HealthIndicators,
    private readonly database: DatabaseProbeRepository,
  ) {
    const timeoutMs = config.get('HEALTH_PROBE_TIMEOUT');
    const redisUrl = config.isRedisEnabled ? config.get('REDIS_URL') : undefined;
    const rabbitMqUrl = config.isRabbitMqEnabled ? config.get('RABBITMQ_URL') : undefined;
    this.redis = redisUrl === undefined ? null : new RedisProbe(redisUrl, timeoutMs);
    this.rabbitMq = rabbitMqUrl === undefined ? null : new RabbitMqProbe(rabbitMqUrl, timeoutMs);
  }

  onModuleInit(): void {
    this.eventLoop.start();
    for (const indicator of [...this.services(), ...this.companions(), ...this.tools(), ...this.process()]) {
      this.indicators.register(indicator);
    }
  }

  async onApplicationShutdown(): Promise<void> {
    this.eventLoop.stop();
    this.redis?.close();
    await this.rabbitMq?.close();
  }

  private services(): HealthIndicator[] {
    const { redis, rabbitMq } = this;
    return [
      {
        name: 'database',
        scopes: DEPENDENCY,
        isCritical: true,
        probe: async () => {
          await this.database.ping();
          return HEALTHY;
        },
      },
      {
        name: 'redis',
        scopes: DEPENDENCY,
        probe: async (signal) => {
          if (!redis) return 'disabled';
          await redis.ping(signal);
          return HEALTHY;
        },
      },
      {
        name: 'rabbitmq',
        scopes: DEPENDENCY,
        probe: async (signal) => {
          if (!rabbitMq) return 'disabled';
          await rabbitMq.ping(signal);
          return HEALTHY;
        },
      },
    ];
  }

  private companions(): HealthIndicator[] {
    return [
      this.companion('chat_server', 'CHAT_SERVER_URL'),
      this.companion('stream_server', 'STREAM_SERVER_URL'),
    ];
  }

  /** A default address is no configuration: only a server that the operator named is asked. */
  private companion(name: string, variable: 'CHAT_SERVER_URL' | 'STREAM_SERVER_URL'): HealthIndicator {
    return {
      name,
      scopes: ['status'],
      probe: async (signal) => {
        if (!this.config.isSet(variable)) return 'disabled';
        await askHttp(`${this.config.get(variable)}/health`, signal);
        return HEALTHY;
      },
    };
  }

  /** Without CLAMAV_REQUIRED a scanner that nobody named is no loss. */
  private tools(): HealthIndicator[] {
    const isScannerUsed = this.config.get('CLAMAV_REQUIRED') || this.config.isSet('CLAMAV_ADDRESS');
    return [
      {
        name: 'antivirus',
        scopes: ['status'],
        probe: async (signal) => {
          if (!isScannerUsed) return 'disabled';
          await pingClamd(this.config.get('CLAMAV_ADDRESS'), signal);
          return HEALTHY;
        },
      },
      providerIndicator({ name: 'mail', isConfigured: this.config.isSet('SMTP_HOST') }),
    ];
  }

  private process(): HealthIndicator[] {
    const scopes = ['live', 'health', 'status'] as const;
    return [
      { name: 'memory', scopes, probe: () => probeMemory() },
      { name: 'event_loop', scopes, probe: () => this.eventLoop.look() },
    ];
  }
}

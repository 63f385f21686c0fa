import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Clock } from '../../../common/time/index.js';
import { Metrics } from '../../../infrastructure/metrics/index.js';
import { SessionsRepository } from './sessions.repository.js';

/** Feeds `veza_auth_sessions_active`, counted at each scrape. */
@Injectable()
export class LiveSessionsGauge implements OnModuleInit {
  constructor(
    private readonly metrics: Metrics,
    private readonly sessions: SessionsRepository,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.metrics.registerActiveSessions(() => this.sessions.countLive(this.clock.now()));
  }
}

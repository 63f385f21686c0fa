import { Injectable, type OnModuleInit } from '@nestjs/common';
import { QueryObserver } from '../database/index.js';
import { ConnectionPoolRepository } from './connection-pool.repository.js';
import { Metrics } from './metrics.js';

/** Feeds the two database metrics; the database itself knows nothing of them. */
@Injectable()
export class DatabaseMetrics implements OnModuleInit {
  constructor(
    private readonly metrics: Metrics,
    private readonly observer: QueryObserver,
    private readonly pool: ConnectionPoolRepository,
  ) {}

  onModuleInit(): void {
    this.observer.listen((sql, durationSeconds, succeeded) => {
      this.metrics.observeQuery(sql, durationSeconds, succeeded);
    });
    this.metrics.registerActiveConnections(() => this.pool.countActive());
  }
}

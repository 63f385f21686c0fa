import { Global, Module } from '@nestjs/common';
import { ConnectionPoolRepository } from './connection-pool.repository.js';
import { DatabaseMetrics } from './database-metrics.js';
import { HttpMetrics } from './http-metrics.js';
import { MetricsController } from './metrics.controller.js';
import { Metrics } from './metrics.js';
import { OperatorAccess } from './operator-access.js';

/** Prometheus metrics under /metrics; every module may inject `Metrics`. */
@Global()
@Module({
  controllers: [MetricsController],
  providers: [Metrics, HttpMetrics, DatabaseMetrics, ConnectionPoolRepository, OperatorAccess],
  exports: [Metrics, OperatorAccess],
})
export class MetricsModule {}

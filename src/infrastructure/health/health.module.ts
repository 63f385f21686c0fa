import { Global, Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { BuiltInIndicators } from './built-in-indicators.js';
import { HealthController } from './health.controller.js';
import { HealthIndicators } from './health-indicators.js';
import { HealthReports } from './health-reports.service.js';
import { HealthService } from './health.service.js';
import { DatabaseProbeRepository } from './probes/database-probe.repository.js';
import { ServiceStartup } from './service-startup.js';

/** Health endpoints over registered indicators; every module may inject `HealthIndicators`. */
@Global()
@Module({
  // Terminus would log every failed check with its details; HealthService logs changes.
  imports: [TerminusModule.forRoot({ logger: false })],
  controllers: [HealthController],
  providers: [
    HealthIndicators,
    BuiltInIndicators,
    DatabaseProbeRepository,
    HealthService,
    HealthReports,
    ServiceStartup,
  ],
  exports: [HealthIndicators],
})
export class HealthModule {}

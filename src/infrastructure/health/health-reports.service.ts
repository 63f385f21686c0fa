import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/time/index.js';
import { AppConfig } from '../config/index.js';
import {
  healthAnswer,
  livenessAnswer,
  readinessAnswer,
  statusAnswer,
  type HealthAnswer,
  type HealthBody,
  type LivenessBody,
  type OperatorFacts,
  type ProcessFacts,
  type ReadinessBody,
  type StatusBody,
} from './health-report.js';
import { HealthService } from './health.service.js';

/** The answers of the health endpoints. */
@Injectable()
export class HealthReports {
  constructor(
    private readonly service: HealthService,
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {}

  async health(): Promise<HealthAnswer<HealthBody>> {
    return healthAnswer(await this.service.look('health'), this.facts());
  }

  async readiness(): Promise<HealthAnswer<ReadinessBody>> {
    return readinessAnswer(await this.service.look('ready'), this.clock.now());
  }

  /** Memory and event loop are looked at, so that a process that cannot do so does not answer. */
  async liveness(): Promise<HealthAnswer<LivenessBody>> {
    await this.service.look('live');
    return livenessAnswer(this.clock.now());
  }

  async status(isOperator: boolean): Promise<HealthAnswer<StatusBody>> {
    const findings = await this.service.look('status');
    return statusAnswer(findings, this.facts(), isOperator ? this.operatorFacts() : null);
  }

  private facts(): ProcessFacts {
    return { version: this.config.version, now: this.clock.now(), uptimeSeconds: process.uptime() };
  }

  private operatorFacts(): OperatorFacts {
    return {
      environment: this.config.get('APP_ENV'),
      processRole: this.config.get('PROCESS_ROLE'),
      unusedVariables: this.config.unusedVariables,
    };
  }
}

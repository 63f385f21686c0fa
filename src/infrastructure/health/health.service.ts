import { Injectable, Logger, ServiceUnavailableException } from '@nestjs/common';
import {
  HealthCheckService,
  HealthIndicatorService,
  type HealthCheckResult,
  type HealthIndicatorResult,
} from '@nestjs/terminus';
import { AppConfig } from '../config/index.js';
import {
  HealthIndicators,
  type HealthIndicator,
  type HealthScope,
  type ProbeState,
} from './health-indicators.js';
import type { ComponentReport, HealthFindings } from './health-report.js';

/** Long enough that a stranger cannot make us ask every service for each of his requests. */
const CACHE_MS = 1_000;

interface ProbeOutcome {
  status: string;
  state?: ProbeState;
  message?: string;
  responseTime?: number;
}

/** Runs registered indicators through Terminus and says what was found, without any error text. */
@Injectable()
export class HealthService {
  private readonly logger = new Logger(HealthService.name);
  private readonly failing = new Set<string>();

  constructor(
    private readonly checks: HealthCheckService,
    private readonly sessions: HealthIndicatorService,
    private readonly indicators: HealthIndicators,
    private readonly config: AppConfig,
  ) {}

  /** Asks every indicator of the scope at once; takes HEALTH_PROBE_TIMEOUT at most. */
  async look(scope: HealthScope): Promise<HealthFindings> {
    const indicators = this.indicators.of(scope);
    const result = await this.run(indicators);
    const components: Record<string, ComponentReport> = {};
    for (const { name } of indicators) components[name] = reportOf(result.details[name]);
    return {
      components,
      failedCritical: indicators
        .filter(({ name, isCritical }) => isCritical && components[name]?.status === 'unhealthy')
        .map(({ name }) => name),
      isShuttingDown: result.status === 'shutting_down',
    };
  }

  /** Terminus throws its result when something is down. */
  private async run(indicators: readonly HealthIndicator[]): Promise<HealthCheckResult> {
    try {
      return await this.checks.check(indicators.map((indicator) => () => this.ask(indicator)));
    } catch (error) {
      if (error instanceof ServiceUnavailableException) return error.getResponse() as HealthCheckResult;
      throw error;
    }
  }

  private async ask(indicator: HealthIndicator): Promise<HealthIndicatorResult> {
    const { name, isCritical, cacheMs = CACHE_MS } = indicator;
    const session = this.sessions.check(name);
    const attempt = await session
      .attempt(async ({ signal }) => ({ state: await indicator.probe(signal) }))
      .withTimeout(this.config.get('HEALTH_PROBE_TIMEOUT'))
      .cacheFor(cacheMs);
    const { status, state, message, responseTime }: ProbeOutcome = attempt[name] ?? { status: 'down' };
    this.noteChange(name, status === 'up' ? null : (message ?? 'unknown'));
    if (status === 'up') {
      const details = { state, responseTime };
      return state === 'degraded' ? session.degraded(details) : session.up(details);
    }
    const details = { state: 'unhealthy', message: publicMessage(message), responseTime };
    return isCritical ? session.down(details) : session.degraded(details);
  }

  /** The reason is for the log, once when something breaks and once when it is back. */
  private noteChange(name: string, reason: string | null): void {
    if (reason !== null && !this.failing.has(name)) {
      this.failing.add(name);
      this.logger.warn(`${name} does not answer: ${reason}`);
    }
    if (reason === null && this.failing.delete(name)) this.logger.log(`${name} answers again`);
  }
}

/** Errors name hosts, users and versions: a stranger learns only which of two ways it failed. */
function publicMessage(message: string | undefined): string {
  return message?.startsWith('timeout of') ? 'timed out' : 'not reachable';
}

function reportOf(detail: unknown): ComponentReport {
  const { state, message, responseTime } = (detail ?? {}) as ProbeOutcome;
  const isAsked = state !== 'disabled' && state !== 'not_configured' && state !== 'configured';
  return {
    status: state ?? 'unhealthy',
    ...(message === undefined ? {} : { message }),
    ...(isAsked && responseTime !== undefined ? { latency: `${responseTime}ms` } : {}),
  };
}

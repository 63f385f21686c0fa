import { Injectable } from '@nestjs/common';

/** Where an indicator counts: liveness, readiness, the overview, and the detailed status. */
export type HealthScope = 'live' | 'ready' | 'health' | 'status';

/** What a probe found; a probe that throws or takes too long counts as `unhealthy`. */
export type ProbeState = 'healthy' | 'degraded' | 'disabled' | 'configured' | 'not_configured' | 'reachable';

/** One thing whose health is worth knowing. */
export interface HealthIndicator {
  /** Stable name in the answers, in snake_case. */
  readonly name: string;
  readonly scopes: readonly HealthScope[];
  /** Without it nothing works: its failure alone makes the process unready. */
  readonly isCritical?: boolean;
  /** How long an answer may be handed out again; short by default. */
  readonly cacheMs?: number;
  /** Looks for real; the signal ends it after HEALTH_PROBE_TIMEOUT. Error texts stay in the log. */
  probe(signal: AbortSignal): Promise<ProbeState> | ProbeState;
}

/** Where every module registers what it depends on, so that health knows no module by name. */
@Injectable()
export class HealthIndicators {
  private readonly indicators = new Map<string, HealthIndicator>();

  /** @throws Error when the name is taken: a programming error that ends the start. */
  register(indicator: HealthIndicator): void {
    if (this.indicators.has(indicator.name)) {
      throw new Error(`Two health indicators are called ${indicator.name}`);
    }
    this.indicators.set(indicator.name, indicator);
  }

  /** The indicators of one endpoint, in the order in which they were registered. */
  of(scope: HealthScope): HealthIndicator[] {
    return [...this.indicators.values()].filter(({ scopes }) => scopes.includes(scope));
  }
}

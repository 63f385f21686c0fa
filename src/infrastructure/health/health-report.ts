import type { UnusedVariable } from '../config/index.js';
import type { ProbeState } from './health-indicators.js';

/** State of one component in an answer (S4). */
export interface ComponentReport {
  status: ProbeState | 'unhealthy';
  message?: string;
  latency?: string;
}

/** What one run over the indicators found. */
export interface HealthFindings {
  readonly components: Readonly<Record<string, ComponentReport>>;
  /** Components without which nothing works, in the order of registration. */
  readonly failedCritical: readonly string[];
  readonly isShuttingDown: boolean;
}

/** What the answers say of the process. */
export interface ProcessFacts {
  readonly version: string;
  readonly now: Date;
  readonly uptimeSeconds: number;
}

/** What only operators see. */
export interface OperatorFacts {
  readonly environment: string;
  readonly processRole: string;
  readonly unusedVariables: readonly UnusedVariable[];
}

export type OverallStatus = 'healthy' | 'degraded' | 'unhealthy';

/** An answer with its HTTP status. */
export interface HealthAnswer<Body> {
  readonly httpStatus: 200 | 503;
  readonly body: Body;
}

export interface HealthBody {
  status: OverallStatus;
  service: string;
  version: string;
  timestamp: number;
  uptime: string;
  components: Record<string, ComponentReport>;
}

export interface ReadinessBody {
  status: 'ready' | 'degraded' | 'not_ready';
  timestamp: number;
  reason?: string;
  degraded?: string[];
}

export interface LivenessBody {
  status: 'healthy';
  timestamp: number;
}

export interface StatusBody extends HealthBody {
  rate_limits: string;
  environment?: string;
  process_role?: string;
  unused_variables?: { name: string; note: string }[];
}

export const SERVICE_NAME = 'veza-backend-api';

const PER_PROCESS_LIMITS = 'counted per process';
const IMPAIRED: ReadonlySet<ComponentReport['status']> = new Set(['degraded', 'unhealthy']);

/** A duration as Go writes it, to the second: `1h2m3s`. */
export function formatUptime(totalSeconds: number): string {
  const seconds = Math.floor(totalSeconds);
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60];
  const parts = [hours > 0 ? `${hours}h` : '', hours > 0 || minutes > 0 ? `${minutes}m` : ''];
  return `${parts.join('')}${seconds % 60}s`;
}

function impairedOf({ components }: HealthFindings): string[] {
  return Object.entries(components).flatMap(([name, { status }]) => (IMPAIRED.has(status) ? [name] : []));
}

function overallOf(findings: HealthFindings): OverallStatus {
  if (findings.failedCritical.length > 0 || findings.isShuttingDown) return 'unhealthy';
  return impairedOf(findings).length > 0 ? 'degraded' : 'healthy';
}

const unixSeconds = (moment: Date): number => Math.floor(moment.getTime() / 1_000);

/** `/health` and `/api/health` (S4): 503 only when nothing works. */
export function healthAnswer(findings: HealthFindings, facts: ProcessFacts): HealthAnswer<HealthBody> {
  const status = overallOf(findings);
  const body: HealthBody = {
    status,
    service: SERVICE_NAME,
    version: facts.version,
    timestamp: unixSeconds(facts.now),
    uptime: formatUptime(facts.uptimeSeconds),
    components: { ...findings.components },
  };
  return { httpStatus: status === 'unhealthy' ? 503 : 200, body };
}

/** `/ready` and `/readyz` (S4, S0): an optional service that is down degrades and does not fail. */
export function readinessAnswer(findings: HealthFindings, now: Date): HealthAnswer<ReadinessBody> {
  const timestamp = unixSeconds(now);
  const failed = findings.failedCritical[0];
  if (failed !== undefined || findings.isShuttingDown) {
    const reason = failed === undefined ? 'shutting_down' : `${failed}_unavailable`;
    return { httpStatus: 503, body: { status: 'not_ready', timestamp, reason } };
  }
  const degraded = impairedOf(findings);
  if (degraded.length === 0) return { httpStatus: 200, body: { status: 'ready', timestamp } };
  return { httpStatus: 200, body: { status: 'degraded', timestamp, degraded } };
}

/** `/healthz` and `/live`: that this answer was written is the proof. */
export function livenessAnswer(now: Date): HealthAnswer<LivenessBody> {
  return { httpStatus: 200, body: { status: 'healthy', timestamp: unixSeconds(now) } };
}

/** `/status` (S0): everything; what concerns the installation is for operators only. */
export function statusAnswer(
  findings: HealthFindings,
  facts: ProcessFacts,
  operator: OperatorFacts | null,
): HealthAnswer<StatusBody> {
  const { httpStatus, body } = healthAnswer(findings, facts);
  const details = operator && {
    environment: operator.environment,
    process_role: operator.processRole,
    unused_variables: operator.unusedVariables.map(({ name, note }) => ({ name, note })),
  };
  return { httpStatus, body: { ...body, rate_limits: PER_PROCESS_LIMITS, ...details } };
}

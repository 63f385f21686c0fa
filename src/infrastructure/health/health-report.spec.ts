import {
  formatUptime,
  healthAnswer,
  livenessAnswer,
  readinessAnswer,
  statusAnswer,
  type ComponentReport,
  type HealthFindings,
} from './health-report.js';

const NOW = new Date('2026-03-01T12:00:00.900Z');
const FACTS = { version: '1.2.3', now: NOW, uptimeSeconds: 3_723.4 };
const TIMESTAMP = 1_772_366_400;

const found = (
  components: Record<string, ComponentReport['status']>,
  failedCritical: string[] = [],
  isShuttingDown = false,
): HealthFindings => ({
  components: Object.fromEntries(Object.entries(components).map(([name, status]) => [name, { status }])),
  failedCritical,
  isShuttingDown,
});

describe('formatUptime', () => {
  it.each([
    [0.4, '0s'],
    [59, '59s'],
    [60, '1m0s'],
    [3_723.4, '1h2m3s'],
    [90_000, '25h0m0s'],
  ])('writes %d seconds as %s', (seconds, expected) => {
    expect(formatUptime(seconds)).toBe(expected);
  });
});

describe('/health', () => {
  it('has the shape of S4', () => {
    expect(healthAnswer(found({ database: 'healthy', redis: 'disabled' }), FACTS)).toEqual({
      httpStatus: 200,
      body: {
        status: 'healthy',
        service: 'veza-backend-api',
        version: '1.2.3',
        timestamp: TIMESTAMP,
        uptime: '1h2m3s',
        components: { database: { status: 'healthy' }, redis: { status: 'disabled' } },
      },
    });
  });

  it('is degraded with 200 when an optional service is down, and unhealthy with 503 without the database', () => {
    const degraded = healthAnswer(found({ database: 'healthy', redis: 'unhealthy' }), FACTS);
    expect([degraded.httpStatus, degraded.body.status]).toEqual([200, 'degraded']);
    const down = healthAnswer(found({ database: 'unhealthy' }, ['database']), FACTS);
    expect([down.httpStatus, down.body.status]).toEqual([503, 'unhealthy']);
  });

  it.each(['disabled', 'configured', 'not_configured', 'reachable'] as const)(
    'is healthy with a component that is %s',
    (status) => {
      expect(healthAnswer(found({ thing: status }), FACTS).body.status).toBe('healthy');
    },
  );
});

describe('/ready', () => {
  it('has the shapes of S4', () => {
    expect(readinessAnswer(found({ database: 'healthy' }), NOW)).toEqual({
      httpStatus: 200,
      body: { status: 'ready', timestamp: TIMESTAMP },
    });
    expect(readinessAnswer(found({ database: 'unhealthy' }, ['database']), NOW)).toEqual({
      httpStatus: 503,
      body: { status: 'not_ready', timestamp: TIMESTAMP, reason: 'database_unavailable' },
    });
  });

  it('stays ready without an optional service and names it', () => {
    expect(readinessAnswer(found({ database: 'healthy', redis: 'unhealthy' }), NOW)).toEqual({
      httpStatus: 200,
      body: { status: 'degraded', timestamp: TIMESTAMP, degraded: ['redis'] },
    });
  });

  it('refuses new work while the process ends', () => {
    const answer = readinessAnswer(found({ database: 'healthy' }, [], true), NOW);
    expect(answer).toMatchObject({ httpStatus: 503, body: { reason: 'shutting_down' } });
  });
});

describe('/live', () => {
  it('answers that the process lives', () => {
    expect(livenessAnswer(NOW)).toEqual({
      httpStatus: 200,
      body: { status: 'healthy', timestamp: TIMESTAMP },
    });
  });
});

describe('/status', () => {
  const operator = {
    environment: 'production',
    processRole: 'all',
    unusedVariables: [{ name: 'NATS_URL', state: 'absent', note: 'nothing connects to it' }],
  } as const;

  it('tells an operator what the installation sets without effect', () => {
    const { body } = statusAnswer(found({ database: 'healthy' }), FACTS, operator);
    expect(body).toMatchObject({
      status: 'healthy',
      rate_limits: 'counted per process',
      environment: 'production',
      process_role: 'all',
      unused_variables: [{ name: 'NATS_URL', note: 'nothing connects to it' }],
    });
  });

  it('tells a stranger nothing of the installation', () => {
    const { body } = statusAnswer(found({ database: 'healthy' }), FACTS, null);
    expect(Object.keys(body).sort()).toEqual(
      ['components', 'rate_limits', 'service', 'status', 'timestamp', 'uptime', 'version'].sort(),
    );
  });
});

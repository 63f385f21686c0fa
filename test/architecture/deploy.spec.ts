import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { parse, parseAllDocuments } from 'yaml';
import { parseConfig } from '../../src/infrastructure/config/index.js';
import { MONEY_GAUGE_DEFINITIONS } from '../../src/infrastructure/metrics/index.js';

interface Probe {
  httpGet: { path: string; port: string };
  initialDelaySeconds: number;
  periodSeconds: number;
}

interface Container {
  name: string;
  image: string;
  command?: string[];
  env?: { name: string; value: string }[];
  livenessProbe?: Probe;
  readinessProbe?: Probe;
  resources: { limits: { memory: string } };
  securityContext: object;
  volumeMounts?: { mountPath: string }[];
}

interface PodSpec {
  automountServiceAccountToken: boolean;
  securityContext: object;
  containers: Container[];
}

interface Manifest {
  kind: string;
  metadata: { name: string };
  data?: Record<string, string>;
  stringData?: Record<string, string>;
  spec: {
    replicas: number;
    maxReplicas: number;
    strategy: { rollingUpdate: { maxSurge: number } };
    template: { spec: PodSpec };
  };
}

interface Rule {
  alert: string;
  expr: string;
  labels: { severity: string };
  annotations: { summary: string; description: string };
}

interface Relabeling {
  source_labels: string[];
  regex?: string;
}

interface ScrapeConfiguration {
  rule_files: string[];
  scrape_configs: { job_name: string; metrics_path: string; metric_relabel_configs: Relabeling[] }[];
}

interface Dashboard {
  uid: string;
  panels: { id: number; title: string; targets: { expr: string }[] }[];
}

const root = resolve(__dirname, '..', '..');
const deploy = join(root, 'deploy');
const textOf = (...path: string[]): string => readFileSync(join(root, ...path), 'utf8');
const namesIn = (folder: string): string[] => readdirSync(join(deploy, folder)).sort();

/** Every document of a YAML file; throws on anything that is not well-formed. */
function documentsOf(path: string): unknown[] {
  return parseAllDocuments(textOf('deploy', path)).map((document) => {
    expect([path, document.errors, document.warnings]).toEqual([path, [], []]);
    return document.toJS() as unknown;
  });
}

/** The cells of the rows of a Markdown table whose first cells are code. */
function rowsOf(doc: string): string[][] {
  return textOf('docs', doc)
    .split('\n')
    .filter((line) => /^\| [`A-Z]/.test(line))
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

const code = (cell = ''): string => cell.replaceAll('`', '');

const manifests = namesIn('kubernetes')
  .filter((name) => name !== 'kustomization.yaml')
  .flatMap((name) => documentsOf(join('kubernetes', name)) as Manifest[]);
const manifest = (kind: string, name: string): Manifest => {
  const found = manifests.find((each) => each.kind === kind && each.metadata.name === name);
  if (!found) throw new Error(`There is no ${kind} ${name}`);
  return found;
};
const settings = manifest('ConfigMap', 'veza-config').data ?? {};
const secrets = manifest('Secret', 'veza-secrets').stringData ?? {};
const podsOf = (kind: string): PodSpec[] =>
  manifests.filter((each) => each.kind === kind).map((each) => each.spec.template.spec);
const servers = podsOf('Deployment').flatMap((pod) => pod.containers);

const scraping = parse(textOf('deploy', 'prometheus', 'prometheus.yaml')) as ScrapeConfiguration;
const ruleGroups = (
  parse(textOf('deploy', 'prometheus', 'rules.yaml')) as { groups: { name: string; rules: Rule[] }[] }
).groups;
const rules = ruleGroups.flatMap((group) => group.rules);
const dashboards = namesIn('grafana').map(
  (name) => JSON.parse(textOf('deploy', 'grafana', name)) as Dashboard,
);
const expressions = [
  ...rules.map(({ alert, expr }) => ({ place: alert, expr })),
  ...dashboards.flatMap(({ uid, panels }) =>
    panels.flatMap(({ title, targets }) => targets.map(({ expr }) => ({ place: `${uid}: ${title}`, expr }))),
  ),
];
const routes = rowsOf('routes.md').map(([method = '', path]) => ({ method, path: code(path) }));

describe('the manifests', () => {
  const documented = new Map(
    rowsOf('configuration.md')
      .filter((cells) => cells.length === 4)
      .map(([name, , , meaning = '']) => [code(name), meaning]),
  );
  const used = [
    ...Object.keys(settings),
    ...Object.keys(secrets),
    ...[...podsOf('Deployment'), ...podsOf('Job')].flatMap((pod) =>
      pod.containers.flatMap((container) => (container.env ?? []).map(({ name }) => name)),
    ),
  ];

  it('set only variables that are documented and acted on', () => {
    expect(used).toEqual(expect.arrayContaining(['PROCESS_ROLE', 'RUN_MIGRATIONS', 'JWT_SECRET']));
    expect(used.filter((name) => !documented.has(name))).toEqual([]);
    expect(used.filter((name) => documented.get(name)?.includes('*later'))).toEqual([]);
  });

  it('keep secrets out of the config map, and values out of the secret', () => {
    const isSecret = (name: string): boolean => documented.get(name)?.includes('Secret.') ?? false;
    expect(Object.keys(settings).filter(isSecret)).toEqual([]);
    expect(Object.keys(secrets).filter((name) => !isSecret(name))).toEqual([]);
    expect(Object.values(secrets).filter((value) => value !== '')).toEqual([]);
  });

  it('are a configuration with which production starts once the two required secrets are there', () => {
    const config = parseConfig({
      ...settings,
      ...secrets,
      JWT_SECRET: 'kq3Zr8Wm1Xv6Tn4Yb9Lc2Pd7Hs5Jg0Fa',
      DATABASE_URL: 'postgres://db.example.com/veza',
    });
    expect(config.isProduction).toBe(true);
    expect(config.get('RUN_MIGRATIONS')).toBe(false);
    expect(config.warnings).toEqual([]);
    expect(config.unusedVariables).toEqual([]);
  });

  it('are all in the kustomization, except the example of the secret', () => {
    const { resources, images } = parse(textOf('deploy', 'kubernetes', 'kustomization.yaml')) as {
      resources: string[];
      images: { name: string }[];
    };
    const files = namesIn('kubernetes').filter((name) => name !== 'kustomization.yaml');
    expect([...resources, 'secret.example.yaml'].sort()).toEqual(files);
    const named = new Set([...servers, ...podsOf('Job')[0]!.containers].map(({ image }) => image));
    expect([...named]).toEqual(images.map(({ name }) => name));
  });

  it('start three api processes and the workers from one image', () => {
    expect(manifest('Deployment', 'veza-api').spec.replicas).toBe(3);
    const roles = servers.map(({ env }) => env?.find(({ name }) => name === 'PROCESS_ROLE')?.value);
    expect(roles).toEqual(['api', 'worker']);
    expect(servers.flatMap(({ volumeMounts }) => volumeMounts?.map(({ mountPath }) => mountPath))).toEqual([
      settings.UPLOAD_DIR,
      settings.UPLOAD_DIR,
    ]);
  });

  it('probe routes that exist, with the timings of S4 (09 C78)', () => {
    const publicPaths = routes.filter(({ method }) => method === 'GET').map(({ path }) => path);
    expect(publicPaths).toEqual(expect.arrayContaining(['/healthz', '/readyz']));
    for (const { livenessProbe, readinessProbe } of servers) {
      expect(livenessProbe).toMatchObject({
        httpGet: { path: '/healthz', port: 'http' },
        initialDelaySeconds: 30,
        periodSeconds: 10,
      });
      expect(readinessProbe).toMatchObject({
        httpGet: { path: '/readyz', port: 'http' },
        initialDelaySeconds: 5,
        periodSeconds: 5,
      });
    }
  });

  it('run every container as a user without rights on a file system it cannot write', () => {
    const pods = [...podsOf('Deployment'), ...podsOf('Job')];
    expect(pods).toHaveLength(3);
    for (const pod of pods) {
      expect(pod.automountServiceAccountToken).toBe(false);
      expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 1000 });
      expect(pod.containers.map(({ securityContext }) => securityContext)).toEqual([
        { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
      ]);
    }
  });

  it("stay below PostgreSQL's default of 97 connections for normal users, at the largest scale", () => {
    const surge = ({ spec }: Manifest): number => spec.strategy.rollingUpdate.maxSurge;
    const api = manifest('Deployment', 'veza-api');
    const worker = manifest('Deployment', 'veza-worker');
    const pool = Number(settings.DB_POOL_MAX);
    const apiProcesses = manifest('HorizontalPodAutoscaler', 'veza-api').spec.maxReplicas + surge(api);
    const workerProcesses = worker.spec.replicas + surge(worker);
    const migrationConnections = 2;
    // A worker listens for events on one more.
    expect(apiProcesses * pool + workerProcesses * (pool + 1) + migrationConnections).toBeLessThanOrEqual(97);
  });

  it('migrate with a program of the product', () => {
    const program = podsOf('Job')[0]?.containers[0]?.command?.at(-1) ?? '';
    expect(existsSync(join(root, program.replace(/^dist\/(.+)\.js$/, '$1.ts')))).toBe(true);
  });
});

describe('the rules and dashboards', () => {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const scrapeLabels = ['job', 'instance', 'component', 'transfer', 'le'];
  const known = new Map<string, { kind: string; labels: string[] }>();

  beforeAll(async () => {
    for (const { name, type } of await registry.getMetricsAsJSON()) {
      known.set(name, { kind: String(type), labels: name.startsWith('nodejs_gc_') ? ['kind'] : [] });
    }
    for (const [name, kind = '', labels = ''] of rowsOf('metrics.md')) {
      known.set(code(name), { kind, labels: [...labels.matchAll(/`(\w+)`/g)].map((match) => match[1]!) });
    }
    for (const [name, metric] of [...known]) {
      if (metric.kind !== 'histogram') continue;
      for (const suffix of ['bucket', 'sum', 'count']) known.set(`${name}_${suffix}`, metric);
    }
  });

  const GROUPING = /\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)/g;
  const MATCHER = /(\w+)\s*(?:=~|!~|!=|=)\s*"/g;

  /** The metrics that an expression reads: names that are no function, operator, label or duration. */
  function metricsIn(expr: string): string[] {
    const bare = expr
      .replace(/\{[^}]*\}/g, '')
      .replace(/\[[^\]]*\]/g, '')
      .replace(GROUPING, '');
    return [...bare.matchAll(/(?<![\w:.$])[a-zA-Z_:][\w:]*(?!\w*\s*\()/g)]
      .map(([name]) => name)
      .filter((name) => !['and', 'or', 'unless', 'bool', 'offset'].includes(name));
  }

  function labelsIn(expr: string): string[] {
    const grouped = [...expr.matchAll(GROUPING)].flatMap(([, list = '']) => list.split(/\s*,\s*/));
    return [...grouped, ...[...expr.matchAll(MATCHER)].map(([, label = '']) => label)];
  }

  it('name only metrics that the product has', () => {
    expect(expressions.length).toBeGreaterThan(40);
    expect(metricsIn('sum by (le) (rate(a_b{c="d"}[5m])) / 2 > 0.5 or vector(0)')).toEqual(['a_b']);
    for (const { place, expr } of expressions) {
      const names = metricsIn(expr);
      expect([place, names.length]).not.toEqual([place, 0]);
      expect([place, names.filter((name) => !known.has(name))]).toEqual([place, []]);
    }
  });

  it('name only labels that these metrics or the scrape have', () => {
    for (const { place, expr } of expressions) {
      const possible = [...scrapeLabels, ...metricsIn(expr).flatMap((name) => known.get(name)?.labels ?? [])];
      expect([place, labelsIn(expr).filter((label) => !possible.includes(label))]).toEqual([place, []]);
    }
  });

  it('name only endpoints that are routes', () => {
    const methodsAndPaths = routes.map(({ method, path }) => `${method};${path}`);
    const isRoute = (pattern: string): boolean =>
      methodsAndPaths.some((route) => new RegExp(`^[A-Z]+;(?:${pattern})$`).test(route));
    const patterns = expressions.flatMap(({ expr }) =>
      [...expr.matchAll(/endpoint=~?"([^"]+)"/g)].flatMap(([, value = '']) => value.split(/\|(?![^(]*\))/)),
    );
    expect(patterns).toContain('/api/v1/marketplace/orders');
    expect(patterns.filter((pattern) => !isRoute(pattern))).toEqual([]);
  });

  it('leave out probes and tell file transfers apart, by routes that exist', () => {
    const [probes, transfers] = scraping.scrape_configs[0]!.metric_relabel_configs;
    const matched = ({ source_labels, regex = '' }: Relabeling): string[] =>
      routes
        .map(({ method, path }) =>
          source_labels[0] === 'method' ? `${method};${path}` : `veza_http_requests_total;${path}`,
        )
        .filter((value) => new RegExp(`^(?:${regex})$`).test(value))
        .map((value) => value.replace('veza_http_requests_total;', 'GET;'));
    expect(matched(probes!).sort()).toEqual(
      ['api/health', 'health', 'healthz', 'live', 'metrics', 'ready', 'readyz', 'status'].map(
        (path) => `GET;/${path}`,
      ),
    );
    expect(matched(transfers!).sort()).toEqual([
      'GET;/api/v1/marketplace/download/:product_id/:track_id',
      'GET;/api/v1/tracks/:id/cover',
      'GET;/api/v1/tracks/:id/download',
      'GET;/stream/:trackId',
      'POST;/api/v1/tracks',
    ]);
  });

  it('warn with the numbers of S2 and are critical with those of S4 (09 C36)', () => {
    const severities = (group: string): string[] =>
      ruleGroups.find(({ name }) => name === group)!.rules.map(({ labels }) => labels.severity);
    expect(ruleGroups.map(({ name }) => name)).toEqual(['veza-s2', 'veza-s4', 'veza-money']);
    expect(new Set(severities('veza-s2'))).toEqual(new Set(['warning']));
    expect(new Set(severities('veza-s4'))).toEqual(new Set(['critical']));
    expect(scraping.rule_files).toEqual(['rules.yaml']);
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
  });

  it('alert on every limit of money', () => {
    const { rules: moneyRules } = ruleGroups.find(({ name }) => name === 'veza-money')!;
    const alerted = new Set(moneyRules.flatMap(({ expr }) => metricsIn(expr)));
    const informative = [
      'veza_payments_orders',
      'veza_payments_captured_minor',
      'veza_payments_refunded_minor',
      'veza_payments_sweep_findings',
    ];
    expect(
      Object.keys(MONEY_GAUGE_DEFINITIONS).filter(
        (name) => !alerted.has(name) && !informative.includes(name),
      ),
    ).toEqual([]);
    expect(new Set(moneyRules.map(({ labels }) => labels.severity))).toEqual(
      new Set(['critical', 'warning']),
    );
    const paths = moneyRules.flatMap(({ annotations }) => [
      ...annotations.description.matchAll(/(GET|POST) (\/api\/v1\/[\w/:-]+)/g),
    ]);
    expect(paths.length).toBeGreaterThan(8);
    for (const [, method, path] of paths) expect(routes).toContainEqual({ method, path });
  });

  it('measure against the limits that the manifests set', () => {
    const [memoryBytes] = [...new Set(servers.map(({ resources }) => resources.limits.memory))].map(
      (limit) => Number(/^(\d+)Gi$/.exec(limit)?.[1]) * 2 ** 30,
    );
    const divisorsOf = (metric: string): number[] =>
      rules
        .filter(({ expr }) => expr.startsWith(metric))
        .map(({ expr }) => Number(/\/ (\d+) > /.exec(expr)?.[1]));
    expect(divisorsOf('process_resident_memory_bytes')).toEqual([memoryBytes, memoryBytes]);
    expect(divisorsOf('veza_database_connections_active')).toEqual([Number(settings.DB_POOL_MAX)]);
  });

  it('are four dashboards that can be imported side by side', () => {
    expect(dashboards.map(({ uid }) => uid)).toEqual([
      'veza-api-performance',
      'veza-business',
      'veza-infrastructure',
      'veza-money',
    ]);
    for (const { panels } of dashboards) {
      expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    }
  });
});

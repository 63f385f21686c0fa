const { existsSync, mkdtempSync, readFileSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

const BAD_INPUT = ['400', '404', '409', '413', '415', '416', '422'];

/** Routes that cannot have one of the cases, each with the reason. */
const WITHOUT_CASE = {
  bad: {
    'takes no input': [
      'GET /api/health',
      'GET /health',
      'GET /healthz',
      'GET /live',
      'GET /metrics',
      'GET /ready',
      'GET /readyz',
      'GET /status',
      'GET /api/v1/auth/me',
      'GET /api/v1/admin/jobs',
      'GET /api/v1/admin/ledger/verify',
      'GET /api/v1/admin/transfers/pauses',
      'GET /api/v1/marketplace/license-types',
      'GET /api/v1/marketplace/seller/balance',
      'GET /api/v1/marketplace/seller/connect/status',
    ],
  },
  foreign: {
    "shows or changes the caller's own things alone, and every role may": [
      'GET /api/v1/auth/me',
      'POST /api/v1/auth/logout',
      'POST /api/v1/users/me/become-creator',
      'GET /api/v1/marketplace/licenses',
      'GET /api/v1/marketplace/seller/balance',
      'GET /api/v1/marketplace/seller/connect/status',
      'GET /api/v1/marketplace/seller/ledger',
      'GET /api/v1/marketplace/seller/sales',
      'GET /api/v1/marketplace/seller/statement',
      'GET /api/v1/marketplace/seller/transfers',
      'GET /api/v1/marketplace/orders',
      'POST /api/v1/marketplace/orders',
    ],
  },
};

/**
 * Fails a whole run in which a route of `docs/routes.md` was not put to its cases: good, bad input, anonymous and
 * foreign (design/decisions.md, proof 2). Filtered runs are not judged.
 */
module.exports = class RouteCasesReporter {
  constructor(globalConfig) {
    this.isWhole =
      !globalConfig.testNamePattern && (globalConfig.testPathPatterns?.patterns ?? []).length === 0;
    this.root = globalConfig.rootDir;
    this.folder = mkdtempSync(join(tmpdir(), 'veza-routes-'));
    process.env.TEST_ROUTE_CASES_FILE = join(this.folder, 'cases.txt');
  }

  onRunComplete(_contexts, results) {
    const missing = this.isWhole ? this.missingCases() : [];
    rmSync(this.folder, { recursive: true, force: true });
    if (missing.length === 0) return;
    process.stdout.write(
      `\nRoutes without one of their cases:\n${missing.map((line) => `  ${line}\n`).join('')}`,
    );
    // The summary counts it like a failed test.
    results.numFailedTests += 1;
    this.error = new Error(`${missing.length} cases of routes are not tested`);
  }

  getLastError() {
    return this.error;
  }

  missingCases() {
    const file = process.env.TEST_ROUTE_CASES_FILE;
    const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
    const byRoute = groupBy(lines, routeOf);
    return this.routes().flatMap(({ route, access }) => {
      const seen = (byRoute.get(route) ?? []).map((line) => line.split(' ').slice(2));
      return missingOf(route, access, seen).map((name) => `${route}: ${name}`);
    });
  }

  routes() {
    const rows = readFileSync(join(this.root, 'docs', 'routes.md'), 'utf8').matchAll(
      /^\| (\w+) \| `([^`]+)` \| ([^|]+) \|/gm,
    );
    return [...rows].map(([, method, path, access]) => ({
      route: `${method} ${path}`,
      access: access.trim(),
    }));
  }
};

const routeOf = (line) => line.split(' ').slice(0, 2).join(' ');

function groupBy(lines, keyOf) {
  const groups = new Map();
  for (const line of lines) groups.set(keyOf(line), [...(groups.get(keyOf(line)) ?? []), line]);
  return groups;
}

function missingOf(route, access, seen) {
  const has = (who, ...statuses) =>
    seen.some(([w, status]) => (!who || w === who) && statuses.some((s) => status.startsWith(s)));
  const isOpen = access === 'public' || access === 'optional';
  const cases = {
    good: has(null, '2'),
    bad: has(null, ...BAD_INPUT),
    anonymous: isOpen ? has('stranger', '2', '4') : has('stranger', '401'),
    foreign: isOpen || (access === 'internal key' ? has('caller', '401') : has('caller', '403', '404')),
  };
  return Object.keys(cases).filter((name) => !cases[name] && !isExempt(name, route));
}

function isExempt(name, route) {
  return Object.values(WITHOUT_CASE[name] ?? {}).some((routes) => routes.includes(route));
}

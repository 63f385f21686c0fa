import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const projectRoot = join(__dirname, '..', '..');
const fixtures = join(__dirname, 'fixtures');

/** Runs a checker in the fixtures' folder, as `npm run lint` runs it in the project's, and gives its report. */
async function reportOf<Report>(program: string, ...args: string[]): Promise<Report> {
  const script = join(projectRoot, 'node_modules', program);
  const { stdout } = await run(process.execPath, [script, ...args], {
    cwd: fixtures,
    maxBuffer: 64 * 1024 * 1024,
  }).catch((error: unknown) => error as { stdout: string });
  return JSON.parse(stdout) as Report;
}

interface LintedFile {
  filePath: string;
  messages: { ruleId: string | null }[];
}

interface Cruise {
  summary: { violations: { from: string; rule: { name: string } }[] };
}

const eslintRules: [file: string, rule: string][] = [
  ['src/common/upward/index.ts', 'boundaries/dependencies'],
  ['src/composer-through-the-window.ts', 'boundaries/dependencies'],
  ['src/core/any/index.ts', '@typescript-eslint/no-explicit-any'],
  ['src/core/console/index.ts', 'no-console'],
  ['src/core/dependencies/index.ts', 'no-restricted-syntax'],
  ['src/core/disabled/index.ts', '@typescript-eslint/no-explicit-any'],
  ['src/core/dynamic-window/index.ts', 'boundaries/dependencies'],
  ['src/core/environment/index.ts', 'no-restricted-syntax'],
  ['src/core/floating/index.ts', '@typescript-eslint/no-floating-promises'],
  ['src/core/forward/index.ts', 'no-restricted-imports'],
  ['src/core/forward/index.ts', 'no-restricted-syntax'],
  ['src/core/marketplace/refunds/index.ts', 'boundaries/dependencies'],
  ['src/core/name/index.ts', 'no-restricted-syntax'],
  ['src/core/through-the-window/index.ts', 'boundaries/dependencies'],
  ['src/core/too-long-function/index.ts', 'max-lines-per-function'],
  ['src/core/too-long/index.ts', 'max-lines'],
  ['src/core/transaction/index.ts', 'no-restricted-imports'],
  ['src/core/unverified/index.ts', 'no-restricted-syntax'],
  ['src/core/uses-legacy/imports-a-type.ts', 'boundaries/dependencies'],
  ['src/core/uses-legacy/index.ts', 'boundaries/dependencies'],
  ['src/core/uses-wing/index.ts', 'boundaries/dependencies'],
  ['src/infrastructure/business/index.ts', 'boundaries/dependencies'],
  ['src/infrastructure/uses-application/index.ts', 'boundaries/dependencies'],
  ['src/legacy/uses-app/index.ts', 'boundaries/dependencies'],
  ['src/loose/nowhere.ts', 'boundaries/no-unknown-files'],
];

const graphRules: [from: string, rule: string][] = [
  ['migrations/0001-changes-under-it.ts', 'migrations-stand-alone'],
  ['src/common/framework/index.ts', 'common-has-no-framework'],
  ['src/common/upward/index.ts', 'common-knows-nobody'],
  ['src/composer-through-the-window.ts', 'composers-use-the-doors'],
  ['src/core/cycle-one', 'no-module-cycles'],
  ['src/core/cycle-one/index.ts', 'no-import-cycles'],
  ['src/core/cycle-two', 'no-module-cycles'],
  ['src/core/dev-dependency/index.ts', 'the-product-needs-no-dev-dependency'],
  ['src/core/dynamic-window/index.ts', 'modules-have-one-door'],
  ['src/core/loop-one', 'no-module-cycles'],
  ['src/core/loop-two', 'no-module-cycles'],
  ['src/core/marketplace/ledger/index.ts', 'the-ledger-knows-nobody'],
  ['src/core/marketplace/orders/index.ts', 'orders-know-no-payouts'],
  ['src/core/marketplace/products/index.ts', 'products-and-payments-know-no-orders'],
  ['src/core/marketplace/refunds/index.ts', 'modules-have-one-door'],
  ['src/core/order/back.repository.ts', 'repositories-know-no-service'],
  ['src/core/order/back.service.ts', 'services-know-no-controller'],
  ['src/core/order/order.controller.ts', 'controllers-call-services'],
  ['src/core/sql/index.ts', 'only-repositories-touch-typeorm'],
  ['src/core/sql/index.ts', 'the-business-opens-no-connection'],
  ['src/core/through-the-window/index.ts', 'modules-have-one-door'],
  ['src/core/tools/index.ts', 'the-product-needs-no-tools'],
  ['src/core/tracks/index.ts', 'tracks-know-no-marketplace'],
  ['src/core/unresolved/index.ts', 'imports-resolve'],
  ['src/core/uses-legacy/imports-a-type.ts', 'core-compiles-without-legacy'],
  ['src/core/uses-legacy/index.ts', 'core-compiles-without-legacy'],
  ['src/core/uses-wing/index.ts', 'modules-use-no-composer'],
  ['src/infrastructure/business/index.ts', 'infrastructure-knows-no-business'],
  ['src/infrastructure/uses-application/index.ts', 'infrastructure-knows-no-business'],
  ['src/legacy/uses-app/index.ts', 'legacy-is-not-the-application'],
  ['tools/psp-sandbox/sandbox.ts', 'the-sandbox-shares-nothing'],
];

describe('the lint configuration', () => {
  it('refuses each illegal fixture and nothing else', async () => {
    const files = await reportOf<LintedFile[]>(
      'eslint/bin/eslint.js',
      '--config',
      join(projectRoot, 'eslint.config.mjs'),
      '--format',
      'json',
      'src',
    );
    const found = files.flatMap((file) =>
      file.messages.flatMap(({ ruleId }) =>
        ruleId === null ? [] : [`${file.filePath.slice(fixtures.length + 1)} ${ruleId}`],
      ),
    );
    expect(found.sort()).toEqual(eslintRules.map((row) => row.join(' ')).sort());
  }, 60_000);

  it('refuses each illegal edge of the import graph and nothing else', async () => {
    const cruise = await reportOf<Cruise>(
      'dependency-cruiser/bin/dependency-cruise.mjs',
      '--config',
      join(projectRoot, '.dependency-cruiser.cjs'),
      '--output-type',
      'json',
      'src',
      'tools',
      'migrations',
    );
    const found = cruise.summary.violations.map(({ from, rule }) => `${from} ${rule.name}`);
    expect(found.sort()).toEqual(graphRules.map((row) => row.join(' ')).sort());
  }, 60_000);

  it('has a red fixture for every rule of the import graph', async () => {
    const script = `process.stdout.write(JSON.stringify(require(${JSON.stringify(join(projectRoot, '.dependency-cruiser.cjs'))}).forbidden.map((rule) => rule.name)))`;
    const { stdout } = await run(process.execPath, ['-e', script]);
    const rules = JSON.parse(stdout) as string[];
    expect(rules.sort()).toEqual([...new Set(graphRules.map(([, rule]) => rule))].sort());
  });
});

// `make test`: install, check, build, every suite, and one last line with the figures.
// Arguments: --coverage, --no-check, --summary=file; the rest goes to Jest.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, inProject, install, projectRoot, requireNode, requireWritable } from './project.mjs';
import { runMain } from './sentence.mjs';

const args = process.argv.slice(2);
const hasFlag = (name) => args.includes(name);
const summaryFile = args.find((arg) => arg.startsWith('--summary='))?.slice('--summary='.length);
const jestArgs = args.filter((arg) => !['--no-check'].includes(arg) && !arg.startsWith('--summary='));

await runMain(async () => {
  requireNode();
  requireWritable();
  const total = { passed: 0, failed: 0 };
  try {
    install();
    if (!hasFlag('--no-check')) count(total, step('npm', ['run', '--silent', 'check']), 'npm run check');
    build();
    add(total, runJest());
  } catch (error) {
    console.error(`\n${error.message}`);
    total.failed += 1;
  }
  if (summaryFile) writeFileSync(summaryFile, JSON.stringify(total));
  console.log(`\n${total.passed} passed, ${total.failed} failed`);
  return total.failed === 0 ? 0 : 1;
});

function step(command, commandArgs, env = process.env) {
  return spawnSync(command, commandArgs, { cwd: projectRoot, stdio: ['ignore', 'inherit', 'inherit'], env })
    .status;
}

/** A step is green or one failure; only tests are counted as passed. */
function count(total, status, name) {
  if (status === 0) return;
  console.error(`\n${name} failed.`);
  total.failed += 1;
}

function add(total, { passed, failed }) {
  total.passed += passed;
  total.failed += failed;
}

function runJest() {
  const folder = mkdtempSync(join(tmpdir(), 'veza-summary-'));
  const file = join(folder, 'summary.json');
  try {
    const env = { ...process.env, TEST_SUMMARY_FILE: file, TEST_BUILT: '1' };
    const status = step(process.execPath, [inProject('node_modules/jest/bin/jest.js'), ...jestArgs], env);
    const figures = readSummary(file);
    // Jest can be red without a red test: a coverage threshold, a suite that cannot be loaded, an interruption.
    if (status !== 0 && figures.failed === 0) {
      console.error(
        '\nJest failed without a failed test: the lines above say why (a coverage threshold, or nothing to run).',
      );
      figures.failed = 1;
    }
    return figures;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readSummary(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return { passed: 0, failed: 0 };
  }
}

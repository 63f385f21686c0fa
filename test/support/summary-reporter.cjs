const { mkdtempSync, readFileSync, rmSync, existsSync, writeFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join, relative } = require('node:path');

/**
 * Ends a run with the list of what was skipped and why, and with the line `N passed, N failed`. With
 * REQUIRE_SERVICES=1 a skipped test fails the run. TEST_SUMMARY_FILE receives the figures as JSON.
 */
module.exports = class SummaryReporter {
  constructor(globalConfig) {
    // `jest -t name` leaves the others out on purpose.
    this.isFiltered = Boolean(globalConfig.testNamePattern);
    this.folder = mkdtempSync(join(tmpdir(), 'veza-skips-'));
    process.env.TEST_SKIPS_FILE = join(this.folder, 'skips.jsonl');
  }

  onRunComplete(_contexts, results) {
    const skipped = this.isFiltered ? [] : results.testResults.flatMap((suite) => this.skippedOf(suite));
    const reasons = this.reasons();
    if (skipped.length > 0) process.stdout.write(`\nSkipped (${skipped.length}):\n`);
    for (const [suiteAndName, count] of groupCounts(skipped, reasons)) {
      process.stdout.write(`  ${suiteAndName}${count > 1 ? ` (${count} tests)` : ''}\n`);
    }
    this.mustFail = process.env.REQUIRE_SERVICES === '1' && skipped.length > 0;
    if (this.mustFail) process.stdout.write('REQUIRE_SERVICES=1: nothing may be skipped.\n');
    const passed = results.numPassedTests;
    // A suite that could not even be loaded has no tests to count, and is a failure all the same.
    const failed =
      results.numFailedTests + results.numRuntimeErrorTestSuites + (this.mustFail ? skipped.length : 0);
    if (process.env.TEST_SUMMARY_FILE) {
      writeFileSync(
        process.env.TEST_SUMMARY_FILE,
        JSON.stringify({ passed, failed, skipped: skipped.length }),
      );
    }
    // At exit, because Jest prints its own summary after every reporter.
    process.once('exit', () => process.stdout.write(`\n${passed} passed, ${failed} failed\n`));
    rmSync(this.folder, { recursive: true, force: true });
  }

  getLastError() {
    return this.mustFail ? new Error('tests were skipped although REQUIRE_SERVICES=1') : undefined;
  }

  skippedOf(suite) {
    return suite.testResults
      .filter((test) => test.status === 'pending' || test.status === 'todo')
      .map((test) => ({ path: suite.testFilePath, titles: [...test.ancestorTitles, test.title] }));
  }

  reasons() {
    const file = process.env.TEST_SKIPS_FILE;
    if (!existsSync(file)) return [];
    return readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
  }
};

function groupCounts(skipped, reasons) {
  const counts = new Map();
  for (const { path, titles } of skipped) {
    const known = reasons.find((entry) => entry.testPath === path && titles.includes(entry.name));
    const what = known ? `${known.name}: ${known.reason}` : `${titles.join(' › ')}: no reason given`;
    const line = `${relative(process.cwd(), path)}: ${what}`;
    counts.set(line, (counts.get(line) ?? 0) + 1);
  }
  return counts;
}

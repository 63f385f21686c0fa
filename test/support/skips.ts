import { appendFileSync } from 'node:fs';

/**
 * Declares a suite that needs something from outside (a service, a folder of samples). When `condition` does not
 * hold the suite is skipped and the run ends with its name and `reason`.
 */
export function describeWhen(condition: boolean, reason: string, name: string, fn: () => void): void {
  if (condition) {
    describe(name, fn);
    return;
  }
  recordSkip(name, reason);
  describe.skip(name, fn);
}

/** The same for a single test. */
export function itWhen(condition: boolean, reason: string, name: string, fn: () => Promise<void>): void {
  if (condition) {
    it(name, fn);
    return;
  }
  recordSkip(name, reason);
  it.skip(name, fn);
}

/** Workers and the reporter share only the file system; summary-reporter.cjs names the file. */
function recordSkip(name: string, reason: string): void {
  const file = process.env.TEST_SKIPS_FILE;
  if (file)
    appendFileSync(file, `${JSON.stringify({ testPath: expect.getState().testPath, name, reason })}\n`);
}

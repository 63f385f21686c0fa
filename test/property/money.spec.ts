import fc from 'fast-check';
import { expectProperty } from './check.js';
import { assertNothingBreaks } from './one-life.js';
import { plans } from './plan.js';

jest.setTimeout(3_600_000);

/**
 * Random lives of the shop on the real application, PostgreSQL and the sandbox over HTTP: every invariant of
 * 08 3.6 holds at their end. `npm run test:properties` lives many more of them.
 */
describe('money', () => {
  it('survives what may happen to it', async () => {
    await expectProperty(
      'money survives what may happen to it',
      fc.asyncProperty(plans, assertNothingBreaks),
      {
        runs: 12,
        isSlow: true,
      },
    );
  });
});

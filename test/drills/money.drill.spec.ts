import { isClean } from '../../tools/drill/drill-report.js';
import type { DrillWorld } from '../../tools/drill/drill-world.js';
import { MoneyDrill } from '../../tools/drill/money-drill.js';
import { builtFile } from '../support/built-tree.js';

jest.setTimeout(600_000);

/** A seed that CI repeats; `npm run drill:money` draws a new one each time. */
const SEED = 7;

describe('the money drill', () => {
  it('loses and doubles nothing over thirty kills', async () => {
    const report = await MoneyDrill.run({ kills: 30, seed: SEED, program: builtFile('src/main.js') });
    expect(report.problems).toEqual([]);
    expect(report).toMatchObject({ centsLost: 0, duplicates: 0 });
    expect(report.kills).toBeGreaterThanOrEqual(30);
    expect(report.moved['capturedMinor']).toBeGreaterThan(0);
    expect(isClean(report)).toBe(true);
  });

  it('finds a loss in the database and a second transfer at the provider that were planted', async () => {
    const plant = async ({ postgres, sandbox }: DrillWorld): Promise<void> => {
      const rows = await postgres.rows(
        `UPDATE orders SET total_amount = total_amount + 7
          WHERE id = (SELECT id FROM orders WHERE completed_at IS NOT NULL ORDER BY id LIMIT 1) RETURNING id`,
      );
      expect(rows).toHaveLength(1);
      const { destination, metadata } = sandbox.books().transfers[0]!;
      sandbox.providers.transfers.create({ amount: '5', currency: 'eur', destination, metadata });
    };
    const report = await MoneyDrill.run({
      kills: 1,
      seed: SEED,
      program: builtFile('src/main.js'),
      beforeLastReckoning: plant,
    });
    expect(report.problems).toContainEqual(expect.stringMatching(/^captured .* here and .* there$/));
    expect(report.centsLost).toBeGreaterThanOrEqual(7 + 5);
    expect(report.duplicates).toBe(1);
    expect(isClean(report)).toBe(false);
  });
});

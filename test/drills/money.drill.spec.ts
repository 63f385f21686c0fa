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

  it('finds a loss that was planted in the database', async () => {
    const alterOrder = async (world: DrillWorld): Promise<void> => {
      const rows = await world.postgres.rows(
        `UPDATE orders SET total_amount = total_amount + 7
          WHERE id = (SELECT id FROM orders WHERE completed_at IS NOT NULL ORDER BY id LIMIT 1) RETURNING id`,
      );
      expect(rows).toHaveLength(1);
    };
    const report = await MoneyDrill.run({
      kills: 1,
      seed: SEED,
      program: builtFile('src/main.js'),
      beforeLastReckoning: alterOrder,
    });
    expect(report.centsLost).toBeGreaterThanOrEqual(7);
    expect(isClean(report)).toBe(false);
  });
});

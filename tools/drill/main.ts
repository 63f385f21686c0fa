import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { describe, isClean } from './drill-report.js';
import { MoneyDrill } from './money-drill.js';

const DEFAULT_KILLS = 300;

/** `npm run drill:money -- --kills=300 --seed=7 --report=file.json`, or KILLS, SEED and REPORT. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      kills: { type: 'string', default: process.env['KILLS'] ?? String(DEFAULT_KILLS) },
      seed: { type: 'string', default: process.env['SEED'] ?? String(Date.now() % 2 ** 31) },
      report: { type: 'string', default: process.env['REPORT'] ?? '' },
      program: { type: 'string', default: process.env['PROGRAM'] ?? 'dist/src/main.js' },
    },
  });
  const [kills, seed] = [Number(values.kills), Number(values.seed)];
  if (!Number.isSafeInteger(kills) || kills < 1 || !Number.isSafeInteger(seed))
    throw new Error('kills and seed must be whole numbers');
  console.log(`Drill of ${values.kills} kills with seed ${values.seed}`);
  const report = await MoneyDrill.run({
    kills,
    seed,
    program: values.program,
    onProgress: (line) => {
      console.log(line);
    },
  });
  console.log(describe(report));
  if (values.report !== '') writeFileSync(values.report, `${JSON.stringify(report, null, 2)}\n`);
  if (!isClean(report)) process.exitCode = 1;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});

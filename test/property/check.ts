import fc from 'fast-check';

/** How a property is checked; the environment wins over `runs`. */
export interface CheckOptions {
  /** Runs of a normal test run; FAST_CHECK_RUNS replaces it. */
  runs: number;
  /** One run costs seconds: a failure is made smaller only when its seed is repeated. */
  isSlow?: boolean;
}

/** A whole number of the environment, or undefined. */
function numberOf(name: string): number | undefined {
  const text = process.env[name];
  if (text === undefined || text === '') return undefined;
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new Error(`${name} must be a whole number, not "${text}"`);
  return value;
}

/**
 * Checks a property and prints its seed, whether it held or not. FAST_CHECK_SEED repeats a run, with
 * FAST_CHECK_PATH only the run that failed.
 */
export async function checkProperty<Values>(
  name: string,
  property: fc.IRawProperty<Values>,
  { runs, isSlow = false }: CheckOptions,
): Promise<fc.RunDetails<Values>> {
  const repeated = numberOf('FAST_CHECK_SEED');
  const path = process.env.FAST_CHECK_PATH;
  const details = await fc.check(property, {
    numRuns: numberOf('FAST_CHECK_RUNS') ?? runs,
    seed: repeated ?? Math.floor(Math.random() * 0x7fff_ffff),
    endOnFailure: isSlow && repeated === undefined,
    ...(path === undefined || path === '' ? {} : { path }),
  });
  const outcome = details.failed ? `FAILED at path ${String(details.counterexamplePath)}` : 'held';
  process.stdout.write(
    `property "${name}": ${outcome}, ${String(details.numRuns)} runs, FAST_CHECK_SEED=${String(details.seed)}\n`,
  );
  return details;
}

/** @throws Error with seed, path and counterexample when the property does not hold */
export async function expectProperty<Values>(
  name: string,
  property: fc.IRawProperty<Values>,
  options: CheckOptions,
): Promise<void> {
  const details = await checkProperty(name, property, options);
  if (!details.failed) return;
  const reason = details.errorInstance instanceof Error ? details.errorInstance.message : '';
  throw new Error(`${await fc.asyncDefaultReportMessage(details)}\n\n${reason}`);
}

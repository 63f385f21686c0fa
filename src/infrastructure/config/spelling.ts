import { OLD_NAMES } from './old-names.js';
import { isVariableName, variableNames } from './schema.js';

/** Names that other parts of the toolchain read. */
const FOREIGN_NAMES = new Set([
  'NODE_ENV',
  'NODE_OPTIONS',
  'TZ',
  'PG',
  'TEST_DATABASE_URL',
  'REQUIRE_SERVICES',
  'CONTRACTS_DIR',
  'MEDIA_SAMPLES_DIR',
]);

const MAX_DISTANCE = 2;
const knownNames = [...variableNames, ...Object.keys(OLD_NAMES)];
const familyOf = (name: string): string => name.split('_', 1)[0] ?? name;
const families = new Set(knownNames.map(familyOf));

/** The known name that `name` was probably meant to be: same family, at most two letters apart. */
function findLookalike(name: string): string | null {
  let best: string | null = null;
  let bestDistance = MAX_DISTANCE + 1;
  for (const known of knownNames) {
    const distance = editDistance(name, known);
    if (distance < bestDistance) [best, bestDistance] = [known, distance];
  }
  return best;
}

/** A warning for every name that looks like ours and is none, and for every unknown name in a `.env` file. */
export function findMisspellings(
  values: ReadonlyMap<string, string>,
  fileNames: ReadonlyMap<string, string>,
  isOld: (name: string) => boolean,
): string[] {
  const warnings: string[] = [];
  for (const name of values.keys()) {
    if (isVariableName(name) || isOld(name) || FOREIGN_NAMES.has(name)) continue;
    const file = fileNames.get(name);
    if (file === undefined && !families.has(familyOf(name))) continue;
    const lookalike = findLookalike(name);
    if (lookalike) warnings.push(`${name} is not known; did you mean ${lookalike}?`);
    else if (file) warnings.push(`${name} in ${file} is not known and has no effect`);
  }
  return warnings;
}

/** Number of single-letter edits between two words; swapped neighbours count as one. */
export function editDistance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > MAX_DISTANCE) return MAX_DISTANCE + 1;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const cost = a[row - 1] === b[column - 1] ? 0 : 1;
      const candidates = [
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + cost,
      ];
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        candidates.push((beforeLast[column - 2] ?? 0) + 1);
      }
      current.push(Math.min(...candidates));
    }
    [beforeLast, last] = [last, current];
  }
  return last[b.length] ?? 0;
}

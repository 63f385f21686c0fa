import type { ConfigProblem } from './config.error.js';
import { findOldName, type OldName } from './old-names.js';

/** Result of translating former names: `values` has canonical names only where one could be made. */
export interface Adoption {
  readonly values: Map<string, string>;
  readonly warnings: string[];
  readonly problems: ConfigProblem[];
}

/**
 * Translates the names of 05 5.2 into today's. A canonical name that is set wins. Each old name gives one
 * warning or, when its value cannot be honoured, one problem.
 */
export function adoptOldNames(original: ReadonlyMap<string, string>): Adoption {
  const adoption: Adoption = { values: new Map(original), warnings: [], problems: [] };
  for (const [name, value] of original) {
    const old = findOldName(name);
    if (old) adopt(name, value, old, original, adoption);
  }
  adoptLogLevel(adoption);
  return adoption;
}

function adopt(
  name: string,
  value: string,
  old: OldName,
  original: ReadonlyMap<string, string>,
  { values, warnings, problems }: Adoption,
): void {
  if (old.kind === 'retired') {
    if (old.refuses?.test(value.trim())) problems.push({ name, message: refusal(old.sentence) });
    else warnings.push(`${name} ${old.sentence}`);
    return;
  }
  if (original.has(old.to)) {
    warnings.push(`${name} is an old name and is ignored because ${old.to} is set`);
    return;
  }
  if (old.kind === 'renamed' && values.has(old.to)) {
    warnings.push(`${name} is an old name and is ignored because another old name of ${old.to} is set`);
    return;
  }
  values.set(old.to, old.kind === 'renamed' ? value : COMBINERS[old.to](original));
  warnings.push(`${name} is an old name; use ${old.to}`);
}

const refusal = (sentence: string): string => sentence.replace(/^has no effect: /, 'cannot be honoured: ');

type Lookup = ReadonlyMap<string, string>;

const part = (values: Lookup, name: string, fallback: string): string =>
  encodeURIComponent(values.get(name)?.trim() ?? fallback);

const COMBINERS = {
  DATABASE_URL: (values: Lookup): string => {
    const user = part(values, 'DB_USERNAME', 'postgres');
    const password = values.has('DB_PASSWORD') ? `:${part(values, 'DB_PASSWORD', '')}` : '';
    const host = values.get('DB_HOST')?.trim() ?? 'localhost';
    const port = values.get('DB_PORT')?.trim() ?? '5432';
    return `postgres://${user}${password}@${host}:${port}/${part(values, 'DB_NAME', 'veza')}`;
  },
  REDIS_URL: (values: Lookup): string => {
    const password = values.has('REDIS_PASSWORD') ? `:${part(values, 'REDIS_PASSWORD', '')}@` : '';
    const host = values.get('REDIS_HOST')?.trim() ?? 'localhost';
    const port = values.get('REDIS_PORT')?.trim() ?? '6379';
    return `redis://${password}${host}:${port}/${part(values, 'REDIS_DATABASE', '0')}`;
  },
} as const;

/** S4 writes levels in lower case. */
function adoptLogLevel({ values, warnings }: Adoption): void {
  const level = values.get('LOG_LEVEL');
  if (level === undefined || level === level.toUpperCase()) return;
  warnings.push(`LOG_LEVEL=${level} is an old spelling; use ${level.toUpperCase()}`);
}

import { parse } from 'dotenv';

/** The environment of a process, as `process.env` has it. */
export type EnvironmentVariables = Readonly<Record<string, string | undefined>>;

/** Text of `.env` files by file name; a file that does not exist is absent. */
export type ConfigFiles = Readonly<Record<string, string>>;

/** What was set and where: blank values count as unset. */
export interface RawValues {
  readonly values: Map<string, string>;
  /** Names that stand in a file, so that an unknown one can be reported. */
  readonly fileNames: ReadonlyMap<string, string>;
}

/** Merges the two files and the environment: environment over `.env.{APP_ENV}` over `.env` (S0, S4). */
export function mergeSources(env: EnvironmentVariables, files: ConfigFiles): RawValues {
  const common = parse(files['.env'] ?? '');
  const environment =
    env['APP_ENV'] || env['ENVIRONMENT'] || common['APP_ENV'] || common['ENVIRONMENT'] || 'development';
  const specificName = `.env.${environment}`;
  const specific = parse(files[specificName] ?? '');

  const values = new Map<string, string>();
  for (const source of [common, specific, env]) {
    for (const [name, value] of Object.entries(source)) {
      if (value !== undefined) values.set(name, value);
    }
  }
  for (const [name, value] of values) if (value.trim() === '') values.delete(name);

  const fileNames = new Map<string, string>();
  for (const name of Object.keys(common)) fileNames.set(name, '.env');
  for (const name of Object.keys(specific)) fileNames.set(name, specificName);
  return { values, fileNames };
}

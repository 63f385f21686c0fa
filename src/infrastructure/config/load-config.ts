import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AppConfig } from './app-config.js';
import { parseConfig } from './parse-config.js';
import { findProjectPlace } from './project-place.js';
import type { ConfigFiles } from './raw-values.js';

/**
 * Reads `.env`, `.env.{APP_ENV}` in the working folder and the environment, once per process.
 * @throws ConfigError with every problem at once; the caller prints it and ends with its exit code.
 */
export function loadConfig(): AppConfig {
  const place = findProjectPlace();
  return parseConfig(process.env, readEnvFiles(place.workingDir), place);
}

function readEnvFiles(folder: string): ConfigFiles {
  const names = readdirSync(folder).filter((name) =>
    /^\.env(?:\.(?:development|test|staging|production))?$/.test(name),
  );
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

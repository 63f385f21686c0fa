import { AppConfig, type UnusedVariable } from './app-config.js';
import { adoptOldNames } from './adopt-old-names.js';
import { ConfigError, type ConfigProblem } from './config.error.js';
import { findOldName } from './old-names.js';
import { findProjectPlace, type ProjectPlace } from './project-place.js';
import { mergeSources, type ConfigFiles, type EnvironmentVariables } from './raw-values.js';
import { findRefusals, findWarnings } from './refusals.js';
import { variableNames, variables, type ConfigValues, type VariableName } from './schema.js';
import { findMisspellings } from './spelling.js';
import { ENVIRONMENTS, type DefaultContext, type Environment, type Variable } from './variable.js';

/**
 * Turns an environment and the texts of `.env` files into the configuration. Reads no environment itself.
 * @throws ConfigError with every problem at once.
 */
export function parseConfig(
  env: EnvironmentVariables,
  files: ConfigFiles = {},
  place: ProjectPlace = findProjectPlace(),
): AppConfig {
  const { values: found, fileNames } = mergeSources(env, files);
  const { values: raw, warnings, problems } = adoptOldNames(found);
  const isSet = (name: string): boolean => raw.has(name);

  const context: DefaultContext = { environment: environmentOf(raw), isSet };
  const values: Record<string, unknown> = {};
  for (const name of variableNames) {
    const result = parseVariable(name, raw.get(name), context);
    if ('problem' in result) problems.push(result.problem);
    else values[name] = result.value;
  }
  problems.push(...findRefusals(values, isSet));
  if (problems.length > 0) throw new ConfigError(problems);

  const complete = values as unknown as ConfigValues;
  const unusedVariables = findUnused(raw);
  warnings.push(
    ...findMisspellings(found, fileNames, (name) => findOldName(name) !== null),
    ...findWarnings(complete, isSet),
    ...unusedVariables.map(({ name, note }) => `${name} is set, but ${note}`),
  );
  const setNames = new Set<string>(variableNames.filter(isSet));
  return new AppConfig(complete, { setNames, warnings, unusedVariables }, place);
}

/** An unknown environment is reported by its own variable; defaults then follow development. */
function environmentOf(raw: ReadonlyMap<string, string>): Environment {
  const name = raw.get('APP_ENV')?.trim().toLowerCase();
  return ENVIRONMENTS.find((environment) => environment === name) ?? 'development';
}

type ParsedVariable = { value: unknown } | { problem: ConfigProblem };

function parseVariable(name: VariableName, raw: string | undefined, context: DefaultContext): ParsedVariable {
  const variable = variables[name];
  const text = raw ?? defaultText(variable, context);
  if (text === undefined) {
    return variable.isRequired ? { problem: { name, message: 'is required' } } : { value: undefined };
  }
  const result = variable.type.schema.safeParse(text);
  if (result.success) return { value: result.data };
  const reason = result.error.issues[0]?.message ?? 'is not valid';
  const shown = variable.isSecret ? '' : ` (is "${text.slice(0, 80)}")`;
  return { problem: { name, message: `${reason}${shown}` } };
}

function defaultText(variable: Variable, context: DefaultContext): string | undefined {
  return typeof variable.default === 'function' ? variable.default(context) : variable.default;
}

function findUnused(raw: ReadonlyMap<string, string>): UnusedVariable[] {
  const unused: UnusedVariable[] = [];
  for (const name of variableNames) {
    const { adapter, adapterNote, adapterIgnores = [] } = variables[name];
    const text = raw.get(name)?.trim().toLowerCase();
    if (!adapter || text === undefined || adapterIgnores.includes(text)) continue;
    unused.push({ name, state: adapter, note: adapterNote ?? 'nothing reads it' });
  }
  return unused;
}

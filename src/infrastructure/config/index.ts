export { AppConfig, type UnusedVariable } from './app-config.js';
export { CONFIG_EXIT_CODE, ConfigError, type ConfigProblem } from './config.error.js';
export { ConfigModule } from './config.module.js';
export { loadConfig } from './load-config.js';
export { OLD_NAMES, type OldName } from './old-names.js';
export { parseConfig } from './parse-config.js';
export { findProjectPlace } from './project-place.js';
export { isVariableName, variableGroups, variables, type ConfigValues, type VariableName } from './schema.js';
export { ENVIRONMENTS, type Environment, type Variable } from './variable.js';

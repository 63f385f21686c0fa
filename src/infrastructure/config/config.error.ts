/** One thing that is wrong with the configuration. Secret values never appear in `message`. */
export interface ConfigProblem {
  readonly name: string;
  readonly message: string;
}

/** Exit code for a wrong configuration (EX_CONFIG of sysexits.h). */
export const CONFIG_EXIT_CODE = 78;

/** Thrown with every problem at once; `message` is ready to print. The process ends with CONFIG_EXIT_CODE. */
export class ConfigError extends Error {
  readonly exitCode = CONFIG_EXIT_CODE;

  constructor(readonly problems: readonly ConfigProblem[]) {
    const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
    const lines = problems.map(({ name, message }) => `  - ${name} ${message}`);
    super([`The configuration has ${count}:`, ...lines].join('\n'));
    this.name = 'ConfigError';
  }
}

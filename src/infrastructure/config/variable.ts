import type { ValueType } from './value-types.js';

/** The four environments of S0. */
export const ENVIRONMENTS = ['development', 'test', 'staging', 'production'] as const;
export type Environment = (typeof ENVIRONMENTS)[number];

/** What a default may depend on. */
export interface DefaultContext {
  readonly environment: Environment;
  readonly isSet: (name: string) => boolean;
}

type DefaultText = string | ((context: DefaultContext) => string);

/** `absent`: nothing reads the value yet; `partial`: only what the note says does. */
export type AdapterState = 'absent' | 'partial';

export interface VariableOptions {
  /** What the variable decides, for the generated documentation. */
  description: string;
  /** Never printed, not even in a problem. */
  isSecret?: boolean;
  /** Set when the product does not (fully) act on the variable yet: such a value warns at start. */
  adapter?: AdapterState;
  /** What happens with the value instead; belongs to `adapter`. */
  adapterNote?: string;
  /** Values that need no adapter, such as the default of a choice. */
  adapterIgnores?: readonly string[];
  /** Default in words, when it is computed. */
  defaultNote?: string;
  /** Value to show in `.env.production.example`. */
  productionExample?: string;
  /** Must be set in every environment. */
  isRequired?: boolean;
}

/** One entry of the schema. */
export interface Variable<T = unknown> extends VariableOptions {
  readonly type: ValueType<T>;
  readonly default?: DefaultText;
  /** Only for the type system: what `AppConfig.get` answers. */
  readonly value?: T;
}

/** A variable without which nothing starts. */
export function required<T>(type: ValueType<T>, options: VariableOptions): Variable<T> {
  return { ...options, type, isRequired: true };
}

/** A variable with a default, written as an operator would write it. */
export function withDefault<T>(
  type: ValueType<T>,
  fallback: DefaultText,
  options: VariableOptions,
): Variable<T> {
  return { ...options, type, default: fallback };
}

/** A variable that may stay unset. */
export function optional<T>(type: ValueType<T>, options: VariableOptions): Variable<T | undefined> {
  return { ...options, type: type };
}

/** Staging and production share the strict defaults. */
export const isProductionLike = (environment: Environment): boolean =>
  environment === 'staging' || environment === 'production';

/** A default with a strict value for staging and production and another one elsewhere. */
export const byEnvironment =
  (strict: string, relaxed: string) =>
  ({ environment }: DefaultContext): string =>
    isProductionLike(environment) ? strict : relaxed;

import { chatVariables, identityVariables, mailVariables } from './variables/identity.variables.js';
import { mediaVariables, paymentVariables } from './variables/media.variables.js';
import { eventVariables, observabilityVariables } from './variables/operations.variables.js';
import { accessVariables, databaseVariables, processVariables } from './variables/process.variables.js';
import type { Variable } from './variable.js';

/** The one table of configuration (spec 05), in the order in which it is documented. */
export const variableGroups = {
  Process: processVariables,
  Database: databaseVariables,
  'Access and limits': accessVariables,
  Identity: identityVariables,
  'Media and storage': mediaVariables,
  Payments: paymentVariables,
  Mail: mailVariables,
  'Events and services': eventVariables,
  Chat: chatVariables,
  Observability: observabilityVariables,
} as const;

const schema = {
  ...processVariables,
  ...databaseVariables,
  ...accessVariables,
  ...identityVariables,
  ...mediaVariables,
  ...paymentVariables,
  ...mailVariables,
  ...eventVariables,
  ...chatVariables,
  ...observabilityVariables,
} as const;

export type VariableName = keyof typeof schema;

/** The parsed value of every variable: durations in milliseconds, sizes in bytes, lists as string[]. */
export type ConfigValues = {
  readonly [Name in VariableName]: (typeof schema)[Name] extends Variable<infer T> ? T : never;
};

export const variables: Readonly<Record<VariableName, Variable>> = schema;

export const variableNames = Object.keys(schema) as VariableName[];

export const isVariableName = (name: string): name is VariableName => Object.hasOwn(schema, name);

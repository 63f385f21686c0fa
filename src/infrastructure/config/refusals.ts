import type { ConfigProblem } from './config.error.js';
import type { ConfigValues } from './schema.js';
import { isProductionLike } from './variable.js';

/** Values that may be missing because they did not parse; their own problem is reported already. */
export type PartialValues = Partial<ConfigValues>;

type IsSet = (name: string) => boolean;

const LOOPBACK_HOSTS = new Set(['localhost', '127.0.0.1', '[::1]', '0.0.0.0']);
const SAMPLE_SECRET =
  /change[-_ ]?(?:me|this|it|in[-_ ]?production)|replace[-_ ]?(?:me|this)|your[-_ ].*(?:secret|key)|example|sample|insecure|super[-_ ]?secret|(?:dev|test)[-_ ](?:secret|key)|(?:jwt|default)[-_ ]secret/i;
const SANDBOX_HOST = /(?:^|[.-])(?:psp-)?sandbox(?:[.-]|$)/i;

/** Rules between variables and the refusals of staging and production (05 5.1, 5.3). */
export function findRefusals(values: PartialValues, isSet: IsSet): ConfigProblem[] {
  const problems = [...everywhere(values, isSet)];
  const environment = values.APP_ENV;
  if (!environment || !isProductionLike(environment)) return problems;
  problems.push(...secrets(values), ...testSwitches(values), ...sandbox(values, isSet));
  if (environment === 'production') problems.push(...productionOnly(values, isSet));
  return problems;
}

function everywhere(values: PartialValues, isSet: IsSet): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  if (values.DB_POOL_MIN !== undefined && values.DB_POOL_MAX !== undefined) {
    if (values.DB_POOL_MIN > values.DB_POOL_MAX) {
      problems.push({ name: 'DB_POOL_MIN', message: 'must not be greater than DB_POOL_MAX' });
    }
  }
  if (values.CORS_ALLOWED_ORIGINS?.some((origin) => origin !== '*' && !isOrigin(origin))) {
    const message = 'must be a list of origins such as https://app.example.com, without a path';
    problems.push({ name: 'CORS_ALLOWED_ORIGINS', message });
  }
  if (isSet('JWT_PREVIOUS_SECRETS') && values.JWT_PREVIOUS_SECRETS?.some((secret) => secret.length < 32)) {
    problems.push({ name: 'JWT_PREVIOUS_SECRETS', message: 'must have at least 32 characters each' });
  }
  return problems;
}

const isOrigin = (text: string): boolean => URL.canParse(text) && new URL(text).origin === text;

function secrets(values: PartialValues): ConfigProblem[] {
  const names = ['JWT_SECRET', 'CHAT_JWT_SECRET', 'SIGNED_URL_SECRET'] as const;
  return names
    .filter((name) => isKnownSecret(values[name]))
    .map((name) => ({
      name,
      message: 'is a known sample secret; make a new one with: openssl rand -base64 48',
    }));
}

/** Whether a secret was copied from a sample, or is one character over and over. */
export function isKnownSecret(secret: string | undefined): boolean {
  if (secret === undefined) return false;
  return SAMPLE_SECRET.test(secret) || new Set(secret).size < 8;
}

function testSwitches(values: PartialValues): ConfigProblem[] {
  const names = ['CSRF_DISABLED', 'BYPASS_CONTENT_CREATOR_ROLE', 'DISABLE_RATE_LIMIT_FOR_TESTS'] as const;
  return names
    .filter((name) => values[name] === true)
    .map((name) => ({
      name,
      message: 'must not be true in staging and production',
    }));
}

function sandbox(values: PartialValues, isSet: IsSet): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  if (isSet('PSP_SANDBOX_PORT')) {
    problems.push({ name: 'PSP_SANDBOX_PORT', message: 'must not be set in staging and production' });
  }
  for (const name of ['HYPERSWITCH_URL', 'STRIPE_API_URL'] as const) {
    const address = values[name];
    if (address !== undefined && isSandbox(address, values)) {
      problems.push({ name, message: 'points at a payment sandbox, which staging and production refuse' });
    }
  }
  return problems;
}

function isSandbox(address: string, { APP_ENV, PSP_SANDBOX_PORT }: PartialValues): boolean {
  const { hostname, port } = new URL(address);
  if (LOOPBACK_HOSTS.has(hostname) || port === String(PSP_SANDBOX_PORT)) return true;
  // A provider's own sandbox is what staging is for; the project's has a host name without a dot.
  return SANDBOX_HOST.test(hostname) && (APP_ENV === 'production' || !hostname.includes('.'));
}

function productionOnly(values: PartialValues, isSet: IsSet): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const origins = values.CORS_ALLOWED_ORIGINS ?? [];
  if (origins.length === 0) {
    problems.push({ name: 'CORS_ALLOWED_ORIGINS', message: 'is required in production' });
  }
  if (origins.includes('*')) {
    problems.push({ name: 'CORS_ALLOWED_ORIGINS', message: 'must not be * in production' });
  }
  for (const service of ['REDIS', 'RABBITMQ'] as const) {
    if (values[`${service}_ENABLE`] === true && !isSet(`${service}_URL`)) {
      problems.push({ name: `${service}_ENABLE`, message: `is true, so ${service}_URL is required` });
    }
  }
  return problems;
}

/** What is allowed and still worth a sentence at the start. */
export function findWarnings(values: ConfigValues, isSet: IsSet): string[] {
  const warnings: string[] = [];
  for (const service of ['REDIS', 'RABBITMQ'] as const) {
    if (values[`${service}_ENABLE`] && !isSet(`${service}_URL`)) {
      warnings.push(
        `${service}_ENABLE is true but ${service}_URL is not set: the service counts as disabled`,
      );
    }
  }
  if (!isProductionLike(values.APP_ENV)) return warnings;
  for (const name of ['PUBLIC_APP_URL', 'PUBLIC_API_URL', 'HYPERSWITCH_URL', 'STRIPE_API_URL'] as const) {
    if (values[name]?.startsWith('http://')) warnings.push(`${name} is not https`);
  }
  if (values.PUBLIC_API_URL === undefined) {
    warnings.push('PUBLIC_API_URL is not set: signed links point at localhost');
  }
  if (values.SMTP_HOST === undefined) warnings.push('SMTP_HOST is not set: no mail leaves this server');
  return warnings;
}

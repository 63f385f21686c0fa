import { variableGroups, type Variable } from '../../src/infrastructure/config/index.js';
import type { Artefact } from './artefact.js';

const HEAD = [
  '# Generated from src/infrastructure/config by `npm run generate`; do not edit.',
  '# Every variable is described in docs/configuration.md.',
];

const TEMPLATE_HEAD = [
  ...HEAD,
  '# Copy to .env and fill in what has no value. `make run` does it for you.',
  '# Order: environment, then .env.{APP_ENV}, then .env, then the defaults shown here.',
];

const PRODUCTION_HEAD = [
  ...HEAD,
  '# APP_ENV, JWT_SECRET, DATABASE_URL and CORS_ALLOWED_ORIGINS are enough to start in production.',
  '# A payment or payout provider without keys answers 503 PROVIDER_NOT_CONFIGURED.',
];

/** Optional variables that a real installation sets, shown without a value. */
const RECOMMENDED = new Set([
  'TRUST_PROXY',
  'REDIS_URL',
  'RABBITMQ_URL',
  'CLAMAV_ADDRESS',
  'METRICS_TOKEN',
  'SIGNED_URL_SECRET',
  'ENCRYPTION_KEY',
  'STREAM_SERVER_INTERNAL_API_KEY',
  'SMTP_USERNAME',
  'SMTP_PASSWORD',
  'HYPERSWITCH_API_KEY',
  'HYPERSWITCH_WEBHOOK_SECRET',
  'STRIPE_SECRET_KEY',
  'STRIPE_WEBHOOK_SECRET',
  'STRIPE_CONNECT_WEBHOOK_SECRET',
]);

const groups = (): [string, [string, Variable][]][] =>
  Object.entries(variableGroups).map(([title, members]) => [title, Object.entries<Variable>(members)]);

function templateLines(name: string, variable: Variable): string[] {
  const fallback = typeof variable.default === 'string' ? variable.default : '';
  const note = variable.defaultNote ? [`# Unset: ${variable.defaultNote}.`] : [];
  const later = variable.adapter ? [`# Not in full use yet: ${variable.adapterNote ?? ''}.`] : [];
  const line = variable.isRequired ? `${name}=` : `# ${name}=${fallback}`;
  return [`# ${variable.description}`, ...note, ...later, line, ''];
}

/** `.env.template`: every variable with its description and default, as comments where it may stay unset. */
export function renderEnvTemplate(): string {
  const sections = groups().flatMap(([title, members]) => [
    `# --- ${title} ---`,
    '',
    ...members.flatMap(([name, variable]) => templateLines(name, variable)),
  ]);
  return [...TEMPLATE_HEAD, '', ...sections].join('\n');
}

function productionLines(name: string, variable: Variable): string[] {
  if (variable.productionExample) {
    return [`# ${variable.description}`, `${name}=${variable.productionExample}`, ''];
  }
  if (!RECOMMENDED.has(name)) return [];
  return [`# ${variable.description}`, `# ${name}=`, ''];
}

/** `.env.production.example`: what an installation sets; its sample secret is refused at start. */
export function renderEnvProductionExample(): string {
  const sections = groups().flatMap(([title, members]) => {
    const lines = members.flatMap(([name, variable]) => productionLines(name, variable));
    return lines.length === 0 ? [] : [`# --- ${title} ---`, '', ...lines];
  });
  return [...PRODUCTION_HEAD, '', ...sections].join('\n');
}

export const envFileArtefacts: readonly Artefact[] = [
  { path: '.env.template', render: async () => renderEnvTemplate() },
  { path: '.env.production.example', render: async () => renderEnvProductionExample() },
];

import {
  OLD_NAMES,
  variableGroups,
  type OldName,
  type Variable,
} from '../../src/infrastructure/config/index.js';
import type { Artefact } from './artefact.js';
import { markdownTable } from './markdown.js';

const INTRODUCTION = `# Configuration

<!-- Generated from src/infrastructure/config by \`npm run generate\`; do not edit. -->

Values come from the environment, then from \`.env.{APP_ENV}\`, then from \`.env\`, both in the folder in which
the server is started, then from the defaults below. An empty value counts as unset. All problems are printed
at once and the process ends with exit code 78 before it listens.

Durations are written \`500ms\`, \`5s\`, \`1h30m\`, \`7d\`; sizes \`512KB\`, \`10MB\` (10 x 2^20 bytes); lists with commas.

In production four variables are enough: \`APP_ENV=production\`, \`JWT_SECRET\`, \`DATABASE_URL\` and
\`CORS_ALLOWED_ORIGINS\`. Keys that are unset are derived from \`JWT_SECRET\` by HKDF-SHA256, so a new
\`JWT_SECRET\` changes them too: set \`ENCRYPTION_KEY\` and \`SIGNED_URL_SECRET\` before you rotate it.

Staging and production refuse to start with a sample secret, with \`CSRF_DISABLED\`, \`BYPASS_CONTENT_CREATOR_ROLE\`
or \`DISABLE_RATE_LIMIT_FOR_TESTS\`, and with a payment sandbox; production also without \`CORS_ALLOWED_ORIGINS\`
or with \`*\` in it, and with \`REDIS_ENABLE\` or \`RABBITMQ_ENABLE\` but no address.

Variables marked *later* are understood, but nothing acts on them yet; *partly* means only what the note says.
When one is set, the server warns at start and \`/status\` lists it.
`;

const OLD_NAMES_INTRODUCTION = `## Old names

Names of older documents are accepted with one warning each. Today's name wins when both are set.
`;

function defaultText(variable: Variable): string {
  if (variable.isRequired) return '**required**';
  if (variable.defaultNote) return variable.defaultNote;
  return typeof variable.default === 'string' && variable.default !== ''
    ? `\`${variable.default}\``
    : '(unset)';
}

function meaning(variable: Variable): string {
  const marks = { absent: 'later', partial: 'partly' } as const;
  const note = variable.adapter ? ` *${marks[variable.adapter]}: ${variable.adapterNote ?? ''}.*` : '';
  return `${variable.description}${variable.isSecret ? ' Secret.' : ''}${note}`;
}

function section(title: string, members: Readonly<Record<string, Variable>>): string {
  const rows = Object.entries(members).map(([name, variable]) => [
    `\`${name}\``,
    variable.type.label,
    defaultText(variable),
    meaning(variable),
  ]);
  return `## ${title}\n\n${markdownTable(['Variable', 'Value', 'Default', 'Meaning'], rows)}`;
}

function fate(old: OldName): string {
  if (old.kind === 'renamed') return `\`${old.to}\``;
  if (old.kind === 'part') return `a part of \`${old.to}\``;
  const refused = old.refuses ? ` Refused when it matches \`${old.refuses.source}\`.` : '';
  return `${old.sentence}.${refused}`;
}

/** `docs/configuration.md`: every variable of the schema and every old name. */
export function renderConfigurationDoc(): string {
  const sections = Object.entries(variableGroups).map(([title, members]) => section(title, members));
  const oldRows = Object.entries(OLD_NAMES).map(([name, old]) => [`\`${name}\``, fate(old)]);
  const oldNames = `${OLD_NAMES_INTRODUCTION}\n${markdownTable(['Old name', 'Today'], oldRows)}`;
  return [INTRODUCTION, ...sections, oldNames].join('\n');
}

export const configurationDocArtefact: Artefact = {
  path: 'docs/configuration.md',
  render: async () => renderConfigurationDoc(),
};

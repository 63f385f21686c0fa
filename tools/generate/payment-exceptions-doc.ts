import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findProjectPlace } from '../../src/infrastructure/config/index.js';
import { PAYMENT_EXCEPTION_KINDS } from '../../src/core/marketplace/payments/index.js';
import type { Artefact } from './artefact.js';
import { markdownTable } from './markdown.js';

const INTRODUCTION = `# Payment exceptions

<!-- Generated from src/core/marketplace/payments/payment-exception-kinds.ts by \`npm run generate\`; do not edit. -->

What a machine must not decide about money stands on the exceptions list: \`GET /api/v1/admin/payments/exceptions\`,
filtered by \`kind\`, \`state\` (\`open\` or \`resolved\`) and \`order_id\`. A case that heals is closed by itself
(\`resolved_by\` is null); every other one is closed by \`POST /api/v1/admin/payments/exceptions/:id/resolve\` with a
\`note\`, which is audited. The same case after it was closed is a new row. Paths below stand under \`/api/v1\`.
`;

const BEGIN = '<!-- exceptions:begin -->';
const END = '<!-- exceptions:end -->';

const exceptionsTable = (): string =>
  markdownTable(
    ['Kind', 'What it means', 'What resolves it'],
    Object.entries(PAYMENT_EXCEPTION_KINDS).map(([kind, { means, resolvedBy }]) => [
      `\`${kind}\``,
      means,
      resolvedBy,
    ]),
  );

/** `docs/payment-exceptions.md`: every kind of case, and what ends it. */
export const renderPaymentExceptionsDoc = (): string => `${INTRODUCTION}\n${exceptionsTable()}`;

/**
 * A text with the table of cases between its markers.
 * @throws Error when the markers are not there
 */
export function withExceptionsTable(text: string): string {
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`README.md has no ${BEGIN} before ${END}`);
  return `${text.slice(0, begin)}${BEGIN}\n\n<!-- prettier-ignore -->\n${exceptionsTable()}\n${text.slice(end)}`;
}

export const paymentExceptionsArtefacts: readonly Artefact[] = [
  { path: 'docs/payment-exceptions.md', render: () => Promise.resolve(renderPaymentExceptionsDoc()) },
  {
    path: 'README.md',
    render: async () =>
      withExceptionsTable(await readFile(join(findProjectPlace().projectRoot, 'README.md'), 'utf8')),
  },
];

import { Client } from 'pg';
import type { Artefact } from './artefact.js';
import { markdownTable } from './markdown.js';

const INTRODUCTION = `# Database

<!-- Generated from a migrated PostgreSQL by \`npm run generate\`; do not edit. -->

The schema is made by \`migrations/\` alone, in the order of their numbers, one idea each, reversible. Ids are
UUID v4 made by the application, times \`timestamptz(3)\`, money \`bigint\` in minor units with an ISO currency beside
it. Constraints are named: the code turns a violated name into the error that the caller sees.
`;

const TABLES = `
  SELECT relname AS name, obj_description(oid) AS comment FROM pg_class
  WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace AND relname <> 'migrations' ORDER BY relname`;

const COLUMNS = `
  SELECT a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull AS is_required,
    CASE WHEN a.attgenerated = 's' THEN 'generated: ' ELSE '' END
      || coalesce(pg_get_expr(d.adbin, d.adrelid), '') AS preset
  FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  WHERE a.attrelid = $1::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`;

// Not-null constraints are catalogue rows in PostgreSQL 18 only, and the columns show them already.
const CONSTRAINTS = `
  SELECT conname AS name, pg_get_constraintdef(oid) AS definition FROM pg_constraint
  WHERE conrelid = $1::regclass AND contype <> 'n' ORDER BY conname`;

const INDEXES = `
  SELECT indexname AS name, regexp_replace(indexdef, '^CREATE ((UNIQUE )?INDEX) .* ON public\\.[a-z_]+ ', '\\1 ') AS definition
  FROM pg_indexes WHERE schemaname = 'public' AND tablename = $1
    AND indexname NOT IN (SELECT conname FROM pg_constraint WHERE conrelid = $1::regclass) ORDER BY indexname`;

const TRIGGERS = `
  SELECT tgname AS name, regexp_replace(pg_get_triggerdef(oid), ' ON public\\.[a-z_]+', '') AS definition FROM pg_trigger
  WHERE tgrelid = $1::regclass AND NOT tgisinternal ORDER BY tgname`;

interface Named {
  name: string;
  definition: string;
}

/** \`docs/database.md\`: every table with its columns, constraints, indexes and triggers, as PostgreSQL tells them. */
export async function renderDatabaseDoc(url: string): Promise<string> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows: tables } = await client.query<{ name: string }>(TABLES);
    const sections: string[] = [INTRODUCTION];
    for (const { name } of tables) sections.push(await renderTable(client, name));
    return sections.join('\n');
  } finally {
    await client.end();
  }
}

async function renderTable(client: Client, table: string): Promise<string> {
  const { rows: columns } = await client.query<{
    name: string;
    type: string;
    is_required: boolean;
    preset: string;
  }>(COLUMNS, [table]);
  const parts = [
    `## ${table}\n`,
    markdownTable(
      ['Column', 'Type', 'Null', 'Default'],
      columns.map(({ name, type, is_required, preset }) => [
        `\`${name}\``,
        type,
        is_required ? 'no' : 'yes',
        preset === '' ? '' : `\`${preset}\``,
      ]),
    ),
  ];
  for (const [title, query] of Object.entries({
    Constraints: CONSTRAINTS,
    Indexes: INDEXES,
    Triggers: TRIGGERS,
  })) {
    const { rows } = await client.query<Named>(query, [table]);
    if (rows.length === 0) continue;
    parts.push(
      markdownTable(
        [title, 'Definition'],
        rows.map((row) => [`\`${row.name}\``, `\`${row.definition}\``]),
      ),
    );
  }
  return parts.join('\n');
}

export const databaseDocArtefact: Artefact = {
  path: 'docs/database.md',
  render: async (context) => renderDatabaseDoc(await context.migratedDatabase()),
};

/** What a statement does and to which table, for the labels of the query metric. */
export interface StatementLabels {
  readonly operation: 'select' | 'insert' | 'update' | 'delete' | 'transaction' | 'other';
  readonly table: string;
}

const MAX_REMEMBERED = 1_000;
const remembered = new Map<string, StatementLabels>();

const NAME = String.raw`(?:"?\w+"?\.)?"?([a-z_]\w*)"?`;
const WRITES = [
  ['insert', new RegExp(String.raw`\binsert\s+into\s+${NAME}`, 'i')],
  ['delete', new RegExp(String.raw`\bdelete\s+from\s+(?:only\s+)?${NAME}`, 'i')],
  [
    'update',
    new RegExp(String.raw`(?<!\bfor\s+(?:no\s+key\s+)?|\bdo\s+)\bupdate\s+(?:only\s+)?${NAME}`, 'i'),
  ],
] as const;
// Neither extract(epoch FROM due_at) nor IS DISTINCT FROM reads a table.
const READ = new RegExp(
  String.raw`(?<!\bextract\s*\(\s*\w+\s+|\bdistinct\s+)\bfrom\s+(?:only\s+)?${NAME}`,
  'i',
);
const TRANSACTION = /^(?:begin|start|commit|rollback|savepoint|release)\b/i;

/** Reads operation and table from SQL text. Statements repeat, so the answer is remembered by text. */
export function describeStatement(sql: string): StatementLabels {
  const known = remembered.get(sql);
  if (known) return known;
  const labels = read(sql);
  if (remembered.size >= MAX_REMEMBERED) remembered.clear();
  remembered.set(sql, labels);
  return labels;
}

function read(sql: string): StatementLabels {
  const text = sql.replace(/--[^\n]*|\/\*.*?\*\//gs, ' ').trim();
  if (TRANSACTION.test(text)) return { operation: 'transaction', table: 'none' };
  if (!/^(?:select|insert|update|delete|with)\b/i.test(text)) return { operation: 'other', table: 'none' };
  if (!/^select\b/i.test(text)) {
    for (const [operation, pattern] of WRITES) {
      const table = pattern.exec(text)?.[1];
      if (table) return { operation, table: table.toLowerCase() };
    }
  }
  return { operation: 'select', table: READ.exec(text)?.[1]?.toLowerCase() ?? 'none' };
}

const escapeCell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

const row = (cells: readonly string[]): string => `| ${cells.map(escapeCell).join(' | ')} |`;

/** A Markdown table that ends with a line break. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const rule = `|${head.map(() => '---').join('|')}|`;
  return [row(head), rule, ...rows.map(row), ''].join('\n');
}

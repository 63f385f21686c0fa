import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProjectPlace, variableGroups, type Variable } from './index.js';

const source = join(findProjectPlace().projectRoot, 'src');
const entries = Object.values(variableGroups).flatMap((members) => Object.entries<Variable>(members));

/** Everything that may read a variable: the product without the table itself and without tests. */
const code = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'))
  .filter((file) => !/config\/(?:variables\/|old-names|schema)/.test(file))
  .map((file) => readFileSync(join(source, file), 'utf8'))
  .join('\n');
const isRead = (name: string): boolean => new RegExp(`\\b${name}\\b`).test(code);

/** Choices of one value, and names that are built from the name of a service. */
const READ_OTHERWISE = new Set(['PAYMENT_PROVIDER', 'PAYOUT_PROVIDER', 'REDIS_ENABLE', 'RABBITMQ_ENABLE']);

describe('schema', () => {
  it('has no variable that nothing reads and that does not say so', () => {
    const silent = entries
      .filter(([, variable]) => variable.adapter === undefined)
      .map(([name]) => name)
      .filter((name) => !isRead(name) && !READ_OTHERWISE.has(name));
    expect(silent).toEqual([]);
  });

  it('says what happens instead wherever there is no adapter', () => {
    const wordless = entries.filter(([, { adapter, adapterNote }]) => adapter && !adapterNote);
    expect(wordless).toEqual([]);
  });

  it('marks every secret', () => {
    const open = entries
      .filter(([name, { isSecret }]) => /SECRET|PASSWORD|_KEY$|_TOKEN$|DSN/.test(name) && !isSecret)
      .map(([name]) => name);
    expect(open).toEqual([]);
  });
});

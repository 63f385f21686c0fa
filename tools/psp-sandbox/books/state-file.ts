import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { BooksState } from './rows.js';

/**
 * Reads the books of an earlier run.
 * @returns null when the file does not exist
 * @throws Error in one sentence when the file is there but is not readable as books
 */
export function loadState(file: string): BooksState | null {
  if (!existsSync(file)) return null;
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new Error(`The sandbox state file ${resolve(file)} is not JSON; remove it to start empty.`, {
      cause,
    });
  }
  if (!isState(parsed)) {
    throw new Error(`The sandbox state file ${resolve(file)} holds no books; remove it to start empty.`);
  }
  // Books of a sandbox that knew no disputes.
  return { ...parsed, disputes: (parsed as Partial<BooksState>).disputes ?? [] };
}

/** Replaces the file as a whole: a reader sees the old books or the new ones, never half of each. */
export function saveState(file: string, text: string): void {
  mkdirSync(dirname(resolve(file)), { recursive: true });
  const temporary = `${file}.tmp`;
  const handle = openSync(temporary, 'w', 0o600);
  try {
    writeSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(temporary, file);
}

function isState(value: unknown): value is BooksState {
  if (typeof value !== 'object' || value === null) return false;
  const tables = [
    'payments',
    'refunds',
    'accounts',
    'accountLinks',
    'transfers',
    'reversals',
    'events',
    'idempotencyKeys',
  ];
  const record = value as Record<string, unknown>;
  return tables.every((table) => Array.isArray(record[table]));
}

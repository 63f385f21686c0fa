import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { inProject } from './project.mjs';
import { isAlive } from './processes.mjs';

const file = inProject('.data', 'run.json');

/**
 * What runs here at present, for `make seed` and `make demo`.
 * @returns {{ pid: number, apiUrl: string, sandboxUrl?: string, databaseUrl: string } | null}
 */
export function readRunNote() {
  if (!existsSync(file)) return null;
  try {
    const note = JSON.parse(readFileSync(file, 'utf8'));
    return isAlive(note.pid) && isLauncher(note.pid) ? note : null;
  } catch {
    return null;
  }
}

/** After a crash the process id may belong to somebody else by now. */
function isLauncher(pid) {
  const commandLine = `/proc/${pid}/cmdline`;
  return !existsSync(commandLine) || readFileSync(commandLine, 'utf8').includes('run.mjs');
}

export function writeRunNote(note) {
  mkdirSync(inProject('.data'), { recursive: true });
  writeFileSync(file, JSON.stringify(note), { mode: 0o600 });
}

export function removeRunNote() {
  rmSync(file, { force: true });
}

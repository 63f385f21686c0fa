import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';

const projectRoot = join(__dirname, '..', '..');
const builtRoot = join(projectRoot, process.env.BUILT_DIR ?? 'dist');
const SOURCES = ['src', 'migrations', 'tools'];

let isChecked = false;

/**
 * A file of the built product.
 * @throws Error with one sentence when it was not built, or before the newest source: `make test` builds first
 */
export function builtFile(path: string): string {
  const file = join(builtRoot, path);
  if (!existsSync(file))
    throw new Error(`${relative(projectRoot, file)} is missing: run "make build" first.`);
  if (!isChecked) refuseStaleTree();
  isChecked = true;
  return file;
}

function refuseStaleTree(): void {
  const builtAt = statSync(join(builtRoot, 'src', 'main.js')).mtimeMs;
  const newer = SOURCES.flatMap((folder) => filesBelow(join(projectRoot, folder))).find(
    (file) => /(?<!\.spec)\.ts$/.test(file) && statSync(file).mtimeMs > builtAt,
  );
  if (newer !== undefined)
    throw new Error(`dist is older than ${relative(projectRoot, newer)}: run "make build" first.`);
}

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

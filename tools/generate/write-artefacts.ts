import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Artefact, RenderContext } from './artefact.js';

/** Writes the files below `folder` and answers their absolute paths. */
export async function writeArtefacts(
  folder: string,
  artefacts: readonly Artefact[],
  context: RenderContext,
): Promise<string[]> {
  const written: string[] = [];
  for (const artefact of artefacts) {
    const file = join(folder, artefact.path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, await artefact.render(context));
    written.push(file);
  }
  return written;
}

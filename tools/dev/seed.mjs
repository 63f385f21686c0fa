// `make seed [DOMAIN=marketplace]`: demo data, as often as you like.
import { existsSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { startDatabase } from './database.mjs';
import { createEnvFile } from './env-file.mjs';
import {
  build,
  inProject,
  install,
  projectRoot,
  requireNode,
  requireWritable,
  settings,
} from './project.mjs';
import { readRunNote } from './run-note.mjs';
import { Sentence, runMain } from './sentence.mjs';

/**
 * Runs the seed program to its end.
 * @param {{ env: NodeJS.ProcessEnv }} options
 */
export async function seed({ env }) {
  const program = inProject('dist/tools/seed/main.js');
  if (!existsSync(program)) return;
  const child = spawn(process.execPath, ['--enable-source-maps', program], {
    cwd: projectRoot,
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const code = await new Promise((resolve) => child.once('exit', resolve));
  if (code !== 0) throw new Sentence('The demo data could not be written: the lines above say why.');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await runMain(async () => {
    requireNode();
    requireWritable();
    createEnvFile();
    install();
    build();
    const url = settings()('DATABASE_URL') ?? readRunNote()?.databaseUrl;
    if (url) {
      await seed({ env: { ...process.env, DATABASE_URL: url } });
      return;
    }
    const { cluster, url: own } = await startDatabase();
    try {
      await seed({ env: { ...process.env, DATABASE_URL: own } });
    } finally {
      await cluster.stop();
    }
  });
}

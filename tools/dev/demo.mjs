// `make demo [AUDIO=file]`: sell a track, get paid, take it back, against the running server.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { inProject, projectRoot, requireNode, settings } from './project.mjs';
import { readRunNote } from './run-note.mjs';
import { Sentence, runMain } from './sentence.mjs';

await runMain(async () => {
  requireNode();
  const audio = process.env.AUDIO;
  if (audio && !existsSync(resolve(audio))) throw new Sentence(`There is no file ${resolve(audio)}.`);
  const setting = settings();
  const note = readRunNote();
  const apiUrl = process.env.API_URL ?? note?.apiUrl ?? `http://localhost:${setting('APP_PORT') ?? 8080}`;
  const sandboxUrl =
    process.env.SANDBOX_URL ?? note?.sandboxUrl ?? `http://127.0.0.1:${setting('PSP_SANDBOX_PORT') ?? 8090}`;
  const isUp = await fetch(`${apiUrl}/healthz`).then(
    (answer) => answer.status < 500,
    () => false,
  );
  if (!isUp)
    throw new Sentence(`No server answers at ${apiUrl}: start one with "make run" in another terminal.`);
  const env = {
    ...process.env,
    API_URL: apiUrl,
    SANDBOX_URL: sandboxUrl,
    ...(audio ? { AUDIO: resolve(audio) } : {}),
  };
  const program = inProject('dist/tools/demo/main.js');
  return (
    spawnSync(process.execPath, ['--enable-source-maps', program], {
      cwd: projectRoot,
      env,
      stdio: 'inherit',
    }).status ?? 1
  );
});

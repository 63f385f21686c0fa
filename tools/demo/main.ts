import { Api } from './api.js';
import { loadAudio } from './audio.js';
import { Narrator } from './narrator.js';
import { Sandbox } from './sandbox.js';
import { tellStory } from './story.js';
import { StoryStopped } from './story-stopped.js';

async function main(): Promise<void> {
  const apiUrl = (process.env['API_URL'] ?? 'http://localhost:8080').replace(/\/$/, '');
  const sandboxUrl = (process.env['SANDBOX_URL'] ?? 'http://127.0.0.1:8090').replace(/\/$/, '');
  const narrator = new Narrator((line) => {
    console.log(line);
  });
  narrator.plain(`Sell a track, get paid, take it back: ${apiUrl} with the sandbox at ${sandboxUrl}`);
  const audio = await loadAudio(process.env['AUDIO']);
  await tellStory({ api: new Api(apiUrl), sandbox: new Sandbox(sandboxUrl), narrator }, audio);
}

main().catch((error: unknown) => {
  console.error(error instanceof StoryStopped ? `\n${error.message}` : error);
  process.exitCode = 1;
});

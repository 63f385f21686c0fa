import { findProjectPlace } from '../../src/infrastructure/config/index.js';
import { artefacts } from './artefacts.js';
import { writeArtefacts } from './write-artefacts.js';

async function main(): Promise<void> {
  for (const file of await writeArtefacts(findProjectPlace().projectRoot, artefacts)) {
    console.log(`wrote ${file}`);
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});

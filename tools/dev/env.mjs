// Makes .env when there is none: `make docker-run` takes JWT_SECRET from it.
import { createEnvFile } from './env-file.mjs';
import { requireNode, requireWritable } from './project.mjs';
import { runMain } from './sentence.mjs';

await runMain(() => {
  requireNode();
  requireWritable();
  createEnvFile();
});

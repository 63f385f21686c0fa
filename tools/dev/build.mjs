import { build, install, requireNode, requireWritable } from './project.mjs';
import { runMain } from './sentence.mjs';

await runMain(async () => {
  requireNode();
  requireWritable();
  install();
  build();
});

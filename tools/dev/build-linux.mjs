// `make build-linux`: one archive that runs on a Linux machine with nothing installed but PostgreSQL to talk to.
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, inProject, install, manifest, requireNode, requireWritable, runStep } from './project.mjs';
import { Sentence, runMain } from './sentence.mjs';

const CONTENT = [
  'dist',
  'templates',
  'package.json',
  'package-lock.json',
  '.npmrc',
  'LICENSE',
  'README.md',
  'CHANGELOG.md',
];
const DEV_ONLY = ['dist/bench', 'dist/tools', 'dist/.build-stamp', 'dist/.tsbuildinfo'];

const START_SCRIPT = `#!/bin/sh
# Reads .env of the working folder and the environment; ./veza-api --version prints the version.
here="$(cd "$(dirname "$0")" && pwd)"
if [ "$1" = "--version" ]; then exec "$here/runtime/node" -p "require('$here/package.json').version"; fi
exec "$here/runtime/node" --enable-source-maps "$here/dist/src/main.js"
`;

await runMain(async () => {
  requireNode();
  requireWritable();
  if (process.platform !== 'linux')
    throw new Sentence("make build-linux packs this machine's Node: run it on Linux or in a container.");
  install();
  build();
  const name = `${manifest.name}-${manifest.version}-linux-${process.arch}`;
  const staging = mkdtempSync(join(tmpdir(), 'veza-build-'));
  try {
    const root = join(staging, name);
    assemble(root);
    const archive = inProject('dist', `${name}.tar.gz`);
    runStep('tar', ['-czf', archive, '-C', staging, name], 'tar could not write the archive.');
    const sizeMb = Math.round(statSync(archive).size / 1024 / 1024);
    console.log(
      `${archive} (${sizeMb} MB): unpack it, set the variables of docs/configuration.md, run ./veza-api.`,
    );
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
});

function assemble(root) {
  mkdirSync(root);
  const isArchive = (source) => source.endsWith('.tar.gz');
  for (const entry of CONTENT.filter((name) => existsSync(inProject(name)))) {
    cpSync(inProject(entry), join(root, entry), { recursive: true, filter: (source) => !isArchive(source) });
  }
  for (const entry of DEV_ONLY) rmSync(join(root, entry), { recursive: true, force: true });
  console.log('Installing the production packages ...');
  const npm = spawnSync(
    'npm',
    ['ci', '--omit=dev', '--ignore-scripts', '--prefer-offline', '--loglevel=error'],
    {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
    },
  );
  if (npm.status !== 0)
    throw new Sentence('The production packages could not be installed: the lines above say why.');
  mkdirSync(join(root, 'runtime'));
  cpSync(process.execPath, join(root, 'runtime', 'node'), { dereference: true });
  writeFileSync(join(root, 'veza-api'), START_SCRIPT);
  chmodSync(join(root, 'veza-api'), 0o755);
}

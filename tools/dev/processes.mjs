import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * Tells whether a process runs; a zombie counts as gone.
 * @param {number} pid
 */
export function isAlive(pid) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
  try {
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return true;
  }
}

/**
 * Waits until `condition` holds; false when the time is over.
 * @param {() => boolean | Promise<boolean>} condition
 * @param {number} timeoutMs
 */
export async function waitUntil(condition, timeoutMs, intervalMs = 20) {
  const end = Date.now() + timeoutMs;
  while (Date.now() < end) {
    if (await condition()) return true;
    await delay(intervalMs);
  }
  return false;
}

/**
 * Signals the process and its group, and kills both when they do not end in time.
 * @param {number} pid
 * @param {NodeJS.Signals} signal
 * @param {number} graceMs
 */
export async function stopProcess(pid, signal, graceMs) {
  send(pid, signal);
  if (await waitUntil(() => !isAlive(pid), graceMs)) return;
  send(pid, 'SIGKILL');
  send(-pid, 'SIGKILL');
  await waitUntil(() => !isAlive(pid), 5000);
}

function send(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended in the meantime.
  }
}

/** Finds a port of 127.0.0.1 that nobody listens on. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/**
 * Tells whether this machine can listen on the port, on every address and on 127.0.0.1.
 * @param {number} port
 */
export async function isPortFree(port) {
  for (const host of ['127.0.0.1', undefined]) {
    const isFree = await new Promise((resolve) => {
      const server = createServer();
      server.once('error', () => resolve(false));
      server.listen({ port, host }, () => server.close(() => resolve(true)));
    });
    if (!isFree) return false;
  }
  return true;
}

/**
 * Starts the watchdog: a small process that stops the registered processes as soon as this one is gone,
 * however it ended.
 */
export function startWatchdog() {
  const child = spawn(process.execPath, [fileURLToPath(new URL('watchdog.mjs', import.meta.url))], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  child.unref();
  child.stdin.unref?.();
  child.stdin.on('error', () => undefined);
  const order = (message) => child.stdin.write(`${JSON.stringify(message)}\n`);
  return {
    /** @param {number} pid @param {NodeJS.Signals} signal */
    watch: (pid, signal = 'SIGTERM') => order({ add: pid, signal }),
    /** @param {number} pid */
    forget: (pid) => order({ remove: pid }),
    /** @param {string} folder */
    watchFolder: (folder) => order({ addFolder: folder }),
    /** @param {string} folder */
    forgetFolder: (folder) => order({ removeFolder: folder }),
    close: () => child.stdin.end(),
  };
}

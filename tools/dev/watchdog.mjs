// Outlives the launcher on purpose: when the launcher's end of the pipe closes, even by SIGKILL,
// what the launcher had started is stopped and its temporary folders are removed.
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { isAlive, stopProcess } from './processes.mjs';

/** @type {Map<number, NodeJS.Signals>} */
const watched = new Map();
/** @type {Set<string>} */
const folders = new Set();

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined);

const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => {
  const order = JSON.parse(line);
  if (order.add) watched.set(order.add, order.signal);
  if (order.remove) watched.delete(order.remove);
  if (order.addFolder) folders.add(order.addFolder);
  if (order.removeFolder) folders.delete(order.removeFolder);
});
lines.on('close', async () => {
  for (const [pid, signal] of [...watched].reverse()) {
    if (isAlive(pid)) await stopProcess(pid, signal, 10_000);
  }
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

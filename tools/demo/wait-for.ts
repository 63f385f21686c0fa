import { setTimeout as pause } from 'node:timers/promises';
import { StoryStopped } from './story-stopped.js';

const INTERVAL_MS = 100;
const TIMEOUT_MS = 60_000;

/** Asks until the answer is what the story waits for. @throws StoryStopped when it does not come within a minute */
export async function waitFor<Value>(what: string, ask: () => Promise<Value | null>): Promise<Value> {
  const end = Date.now() + TIMEOUT_MS;
  for (;;) {
    const value = await ask();
    if (value !== null) return value;
    if (Date.now() > end)
      throw new StoryStopped(`Waited ${String(TIMEOUT_MS / 1000)} seconds for ${what}, in vain.`);
    await pause(INTERVAL_MS);
  }
}

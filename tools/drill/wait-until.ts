import { setTimeout as pause } from 'node:timers/promises';

/** Asks again and again. @returns false when the time is over */
export async function waitUntil(
  condition: () => Promise<boolean> | boolean,
  timeoutMs: number,
  intervalMs = 50,
): Promise<boolean> {
  const end = Date.now() + timeoutMs;
  while (!(await condition())) {
    if (Date.now() > end) return false;
    await pause(intervalMs);
  }
  return true;
}

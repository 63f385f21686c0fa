import { setTimeout as pause } from 'node:timers/promises';

/**
 * Waits until the condition gives something truthy, and returns it. Fails with the last error or value.
 * @param condition asked again every `intervalMs`
 */
export async function waitFor<T>(
  condition: () => Promise<T> | T,
  { timeoutMs = 10_000, intervalMs = 20, what = 'the condition' } = {},
): Promise<NonNullable<T>> {
  const deadline = Date.now() + timeoutMs;
  let last: unknown;
  for (;;) {
    try {
      const value = await condition();
      if (value) return value;
      last = value;
    } catch (error) {
      last = error;
    }
    if (Date.now() > deadline) {
      throw new Error(`Waited ${String(timeoutMs)} ms for ${what}; last seen: ${String(last)}`, {
        cause: last,
      });
    }
    await pause(intervalMs);
  }
}

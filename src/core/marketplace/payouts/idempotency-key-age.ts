const HOUR_MS = 3_600_000;

/** The provider forgets a key, and the answer that it kept under it, after a day (08 finding 7). */
const KEY_LIFE_MS = 23 * HOUR_MS;

/** True when a repetition under this key would be a new request: look first, then take a new key. */
export const isKeyOld = (firstSentAt: Date | null, now: Date): boolean =>
  firstSentAt !== null && now.getTime() - firstSentAt.getTime() >= KEY_LIFE_MS;

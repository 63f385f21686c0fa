const HOUR_MS = 3_600_000;

/** The provider forgets a key, and the answer that it kept under it, after a day (08 finding 7). */
const KEY_LIFE_MS = 23 * HOUR_MS;
/** A request that nobody has seen for so long will not arrive any more. */
export const ARRIVAL_GRACE_MS = 10 * 60_000;

/** True when a repetition under this key would be a new request: look first, then take a new key. */
export const isKeyOld = (firstSentAt: Date | null, now: Date): boolean =>
  firstSentAt !== null && now.getTime() - firstSentAt.getTime() >= KEY_LIFE_MS;

/** True when what was sent last must have arrived by now, if it arrives at all. */
export const mustHaveArrived = (lastSentAt: Date | null, now: Date): boolean =>
  now.getTime() - (lastSentAt?.getTime() ?? 0) >= ARRIVAL_GRACE_MS;

import type { ReportWindow } from './report.types.js';

const DAY_MS = 86_400_000;
const DAYS = 7;

/** The day before a moment, YYYY-MM-DD in UTC. */
export const dayBefore = (moment: Date): string => dayOf(new Date(moment.getTime() - DAY_MS));

/** The day of a moment, YYYY-MM-DD in UTC. */
export const dayOf = (moment: Date): string => moment.toISOString().slice(0, 10);

/**
 * The seven days that end with a day. A payment or refund may end days after it was opened, so each day is
 * looked at in seven reports.
 */
export function windowOf(day: string): ReportWindow {
  const to = new Date(Date.parse(`${day}T00:00:00.000Z`) + DAY_MS);
  return { from: new Date(to.getTime() - DAYS * DAY_MS), to };
}

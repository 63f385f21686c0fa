/** What a run of the drill found. Amounts are minor units, times milliseconds. */
export interface DrillReport {
  commit: string;
  seed: number;
  startedAt: string;
  durationMs: number;
  batches: number;
  kills: number;
  killsByPoint: Record<string, number>;
  databaseKills: number;
  /** Faults that struck, by kind. */
  faults: Record<string, number>;
  /** Operations by kind and outcome. */
  operations: Record<string, number>;
  /** Requests that clients had to send again. */
  repeatedRequests: number;
  /** How often the server ended without having been killed. */
  unexpectedExits: number;
  /** What the sandbox's books say has moved. */
  moved: Record<string, number>;
  exceptions: Record<string, number>;
  centsLost: number;
  duplicates: number;
  /** From the last start of the server to the moment at which nothing was open; people and banks take their part of it. */
  longestSettlementMs: number;
  /** One sentence each. */
  problems: string[];
}

/** A run that lost nothing, doubled nothing and left nothing open. */
export const isClean = ({ centsLost, duplicates, problems }: DrillReport): boolean =>
  centsLost === 0 && duplicates === 0 && problems.length === 0;

/** The report for a terminal. */
export function describe(report: DrillReport): string {
  const table = (counts: Record<string, number>): string[] =>
    Object.entries(counts).map(([name, count]) => `  ${String(count).padStart(6)}  ${name}`);
  return [
    `Kills of the server: ${String(report.kills)}`,
    ...table(report.killsByPoint),
    `Kills of PostgreSQL: ${String(report.databaseKills)}`,
    'Faults that struck:',
    ...table(report.faults),
    `Operations in ${String(report.batches)} batches:`,
    ...table(report.operations),
    `Requests that clients sent again: ${String(report.repeatedRequests)}`,
    'Moved at the providers, in minor units:',
    ...table(report.moved),
    'On the exceptions list:',
    ...table(report.exceptions),
    `Ends of the server that nobody asked for: ${String(report.unexpectedExits)}`,
    ...report.problems.slice(0, 50).map((problem) => `PROBLEM ${problem}`),
    `Longest time to settle after a start: ${seconds(report.longestSettlementMs)}`,
    `Cents lost: ${String(report.centsLost)}`,
    `Duplicates: ${String(report.duplicates)}`,
    `Problems: ${String(report.problems.length)}`,
    `Seed ${String(report.seed)}, commit ${report.commit}, ${seconds(report.durationMs)}`,
  ].join('\n');
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

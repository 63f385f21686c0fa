import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { ServerProcess } from './server-process.js';

const INTERVAL_MS = 250;

/** What node needs for {@link sampleMemory}. */
export const MEMORY_REPORTING = ['--expose-gc', '--require', join(__dirname, 'report-memory.cjs')];

/** Resident memory after a collection, in bytes. */
export async function collectedBytes(server: ServerProcess): Promise<number> {
  const report = once(server.channel, 'message');
  server.channel.send('collect');
  const [{ rssBytes }] = (await report) as [{ rssBytes: number }];
  return rssBytes;
}

/** Samples the resident memory every 250 ms, each time after a collection, for as long as the work goes on. */
export async function sampleMemory<Result>(
  server: ServerProcess,
  work: Promise<Result>,
): Promise<{ result: Result; samples: number[] }> {
  const samples: number[] = [];
  const progress = { isOver: false };
  const watched = work.finally(() => {
    progress.isOver = true;
  });
  const sampling = (async () => {
    while (!progress.isOver) {
      samples.push(await collectedBytes(server));
      await pause(INTERVAL_MS);
    }
  })();
  const [result] = await Promise.all([watched, sampling]);
  samples.push(await collectedBytes(server));
  return { result, samples };
}

export const megabytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(1);

/** Prints the samples for whoever reads the run. */
export function printSamples(what: string, baseBytes: number, samples: readonly number[]): void {
  const most = Math.max(...samples);
  process.stdout.write(
    `${what}: ${megabytes(baseBytes)} MB before, at most ${megabytes(most)} MB (+${megabytes(most - baseBytes)}), ` +
      `${String(samples.length)} samples: ${samples.map((bytes) => (bytes / 2 ** 20).toFixed(0)).join(' ')}\n`,
  );
}

import { booksOfTheProviderAgree } from './provider-books.js';
import { INVARIANTS } from './invariants.js';
import { Life } from './life.js';
import { differencesBetween, stateOf, TerminalMoments } from './memory-of-states.js';
import type { Plan } from './plan.js';
import { drain, settle } from './settle.js';
import { Shop } from './shop.js';

/** A rule that a life broke, with what shows it. */
export interface Broken {
  invariant: string;
  problems: string[];
}

/** Lives one plan in a shop of its own. @returns the rules it broke, in the order of their numbers */
export async function brokenBy(plan: Plan): Promise<Broken[]> {
  const shop = await Shop.open();
  try {
    const moments = new TerminalMoments(shop);
    const life = new Life(shop, plan);
    const changed: string[] = [];
    const note = async (): Promise<void> => void changed.push(...(await moments.note()));
    await life.live(note);
    await settle(shop);
    await note();
    const broken: Record<string, string[]> = {};
    for (const [name, invariant] of Object.entries(INVARIANTS)) broken[name] = await invariant(shop);
    broken['I12 the books of the provider agree'] = await booksOfTheProviderAgree(shop);
    const before = await stateOf(shop);
    await life.replayInbox(plan.replaySeed);
    await drain(shop);
    broken['I10 replaying the inbox changes nothing'] = differencesBetween(before, await stateOf(shop));
    await note();
    broken['I8 terminal moments never change'] = changed;
    broken['no caller gets a 500'] = life.badAnswers;
    return Object.entries(broken)
      .filter(([, problems]) => problems.length > 0)
      .map(([invariant, problems]) => ({ invariant, problems }));
  } finally {
    await shop.close();
  }
}

/** The property itself. @throws Error that names every broken rule and what shows it */
export async function assertNothingBreaks(plan: Plan): Promise<void> {
  const broken = await brokenBy(plan);
  if (broken.length === 0) return;
  const lines = broken.map(({ invariant, problems }) => `${invariant}:\n  ${problems.join('\n  ')}`);
  throw new Error(lines.join('\n'));
}

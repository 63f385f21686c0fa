import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { wings } from '../../src/wings.js';
import { seedMarketplace } from './marketplace.seed.js';
import { type Seed, SeedContext, type SeedCounts } from './seed-context.js';
import { seedTracks } from './tracks.seed.js';
import { seedUsers } from './users.seed.js';

/** The seeds by domain; a wing names the domains that it has, in the order in which they build on each other. */
export const SEEDS: Readonly<Record<string, Seed>> = {
  users: seedUsers,
  tracks: seedTracks,
  marketplace: seedMarketplace,
};

/** What happened in one domain. */
export interface SeededDomain extends SeedCounts {
  domain: string;
}

/** The domains that a wing names. */
export const knownDomains = (): string[] => wings.flatMap((wing) => wing.seeds);

/**
 * Writes the demo data of a domain, and of those before it because it builds on them; of all without a domain.
 * What is there is left alone. @throws Error for a domain that no wing names
 */
export async function runSeeds(app: NestFastifyApplication, domain?: string): Promise<SeededDomain[]> {
  const domains = knownDomains();
  const last = domain === undefined ? domains.length - 1 : domains.indexOf(domain);
  if (last < 0) throw new Error(`DOMAIN must be one of ${domains.join(', ')}.`);
  const context = new SeedContext(app);
  const seeded: SeededDomain[] = [];
  for (const name of domains.slice(0, last + 1)) {
    const seed = SEEDS[name];
    if (seed === undefined) throw new Error(`The wings name a domain ${name} and tools/seed has none`);
    seeded.push({ domain: name, ...(await seed(context)) });
  }
  return seeded;
}

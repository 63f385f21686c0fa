import type { Seed, SeedContext } from './seed-context.js';
import { findTrack } from './tracks.seed.js';

interface DemoProduct {
  title: string;
  trackTitle: string;
  licenseType: 'basic' | 'premium' | 'unlimited' | 'exclusive';
  priceMinor: number;
  description: string;
}

const DEMO_PRODUCTS: readonly DemoProduct[] = [
  {
    title: 'Morning Ferry, free preview licence',
    trackTitle: 'Morning Ferry',
    licenseType: 'basic',
    priceMinor: 0,
    description: 'Costs nothing: a licence and a download without a payment.',
  },
  {
    title: 'Morning Ferry, premium licence',
    trackTitle: 'Morning Ferry',
    licenseType: 'premium',
    priceMinor: 1_999,
    description: 'For videos and podcasts.',
  },
  {
    title: 'Night Tram, unlimited licence',
    trackTitle: 'Night Tram',
    licenseType: 'unlimited',
    priceMinor: 4_950,
    description: 'For any use, as often as you like.',
  },
  {
    title: 'Copper Waltz, exclusive licence',
    trackTitle: 'Copper Waltz',
    licenseType: 'exclusive',
    priceMinor: 25_000,
    description: 'Sold once.',
  },
];

/** Products of the demo creator on the demo tracks, of each licence type, one of them free. */
export const seedMarketplace: Seed = async (context) => {
  const creator = context.getAccount('creator');
  const sellerId = await context.getUserId(creator);
  const counts = { made: 0, present: 0 };
  for (const product of DEMO_PRODUCTS) {
    const isPresent = await hasProduct(context, sellerId, product.title);
    if (!isPresent) await offer(context, sellerId, product);
    counts[isPresent ? 'present' : 'made'] += 1;
  }
  return counts;
};

async function hasProduct({ database }: SeedContext, sellerId: string, title: string): Promise<boolean> {
  const found = await database.query('SELECT 1 FROM products WHERE seller_id = $1 AND title = $2 LIMIT 1', [
    sellerId,
    title,
  ]);
  return found.length > 0;
}

async function offer(context: SeedContext, sellerId: string, product: DemoProduct): Promise<void> {
  const track = await findTrack(context, sellerId, product.trackTitle);
  if (track === null)
    throw new Error(`There is no track "${product.trackTitle}": run the domain tracks first`);
  await context.call({
    method: 'POST',
    path: '/marketplace/products',
    token: await context.signIn(context.getAccount('creator')),
    payload: {
      title: product.title,
      description: product.description,
      product_type: 'track',
      track_id: track.id,
      price: product.priceMinor,
      currency: 'EUR',
      license_type: product.licenseType,
    },
  });
}

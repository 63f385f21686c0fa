import type { Product, Track } from './answers.js';
import type { Audio } from './audio.js';
import type { Person, Stage } from './cast.js';
import { money } from './narrator.js';
import { insist } from './story-stopped.js';
import { waitFor } from './wait-for.js';

const PRICE_MINOR = 1_999;
const CURRENCY = 'EUR';

/** The upload, up to its true duration. */
export async function uploadTrack({ narrator }: Stage, creator: Person, audio: Audio): Promise<Track> {
  narrator.title('A track is uploaded');
  const form = new FormData();
  form.set('title', audio.fileName.replace(/\.[^.]+$/, '').slice(0, 200));
  form.set('audio', new Blob([new Uint8Array(audio.bytes)], { type: audio.mimeType }), audio.fileName);
  const { id } = await creator.api.upload<Track>('/tracks', form);
  narrator.step(`${creator.username} uploads ${audio.fileName} (${audio.origin})`, {
    track: id,
    size: `${String(audio.bytes.length)} bytes`,
    sha256: audio.sha256,
  });
  const track = await waitFor(`track ${id} to be processed`, async () => {
    const seen = await creator.api.get<Track>(`/tracks/${id}`);
    return seen.status === 'processing' ? null : seen;
  });
  const { code = 'unknown', message = '' } = track.failure ?? {};
  insist(track.status === 'ready', `The file was refused after its analysis: ${code}, ${message}`);
  narrator.step('The server has read it to its end', {
    format: track.format,
    duration: `${String(track.duration_seconds)} s`,
    bitrate: `${String(track.bitrate_kbps)} kbit/s`,
    'sample rate': `${String(track.sample_rate_hz)} Hz`,
  });
  return track;
}

/** The product and the seller's way to being paid. */
export async function offerTrack(stage: Stage, creator: Person, track: Track): Promise<Product> {
  const { narrator, sandbox } = stage;
  narrator.title('It is offered for sale');
  const product = await creator.api.post<Product>('/marketplace/products', {
    title: track.title,
    description: 'Offered by the demo',
    product_type: 'track',
    track_id: track.id,
    price: PRICE_MINOR,
    currency: CURRENCY,
    license_type: 'premium',
  });
  narrator.step(
    `A ${product.license_type} licence for ${money(product.price, product.currency)} is on show`,
    { product: product.id },
  );
  const { url } = await creator.api.post<{ url: string }>('/marketplace/seller/connect/onboard', {});
  narrator.step('The payout provider is asked to onboard the seller', { link: url });
  await sandbox.finishOnboarding(url);
  await waitFor('the seller to be ready for transfers', async () => {
    const status = await creator.api.get<{ transfers_enabled: boolean }>(
      '/marketplace/seller/connect/status',
    );
    return status.transfers_enabled ? status : null;
  });
  narrator.step('The seller presses "Finish onboarding" there and can be paid now');
  return product;
}

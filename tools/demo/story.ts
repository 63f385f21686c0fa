import { type Audio } from './audio.js';
import { buy, download, getBalance, showTransfer } from './buying.js';
import { castPeople, type Stage } from './cast.js';
import { reckon, showReckoning } from './reckoning.js';
import { refund, showRevocation, showReversal } from './refunding.js';
import { insist } from './story-stopped.js';
import { offerTrack, uploadTrack } from './selling.js';

/** The main job from the upload to the last reversed cent. @throws StoryStopped when anything does not add up */
export async function tellStory(stage: Stage, audio: Audio): Promise<void> {
  const { creator, buyer } = await castPeople(stage);
  const track = await uploadTrack(stage, creator, audio);
  const product = await offerTrack(stage, creator, track);
  const { order, paymentId } = await buy(stage, buyer, product);
  const file = await download(stage, buyer, product, order, audio);
  const paid = await showTransfer(stage, creator, order);
  const purchase = { order, paymentId, ...file };
  const refunded = await refund(stage, buyer, purchase);
  await showRevocation(stage, buyer, product, purchase);
  const transfer = await showReversal(stage, creator, refunded);
  insist(transfer.id === paid.id, 'The reversed transfer is another one than the sent one.');
  const balance = await getBalance(creator, refunded.currency);
  const lines = reckon({ order: refunded, paymentId, transfer, balance }, await stage.sandbox.getBooks());
  showReckoning(stage.narrator, lines, refunded.currency);
}

import type { SellerShare } from '../ledger/index.js';

/** What was paid for an item, in minor units: `feeMinor` for us, `netMinor` for its seller. */
export interface PaidItem {
  id: string;
  sellerId: string;
  platformFeeMinor: number;
  netAmountMinor: number;
}

/** What has been given back of an item so far, in minor units. */
export interface GivenOfItem {
  orderItemId: string;
  feeMinor: number;
  netMinor: number;
}

/** One item's part of a refund or dispute, in minor units; fee and net add up to the amount. */
export interface ItemAllocation extends GivenOfItem {
  sellerId: string;
  amountMinor: number;
}

/** An item with what is left of it. */
interface OpenItem {
  item: PaidItem;
  givenFeeMinor: number;
  givenNetMinor: number;
  leftMinor: number;
}

/**
 * Spreads an amount over the items of an order in proportion to what is left of each, the largest remainders
 * rounded up (07 7.9.7). Fee and net of each item follow by cumulative rounding, so that all parts of an item
 * together are exactly its fee and its net, and the last part takes the rest. Items with no part are left out.
 * @throws RangeError when the amount is no positive integer or more than what is left
 */
export function allocateOverItems(
  items: readonly PaidItem[],
  alreadyGiven: readonly GivenOfItem[],
  amountMinor: number,
): ItemAllocation[] {
  const open = items.map((item) => openItemOf(item, alreadyGiven));
  const leftMinor = sum(open.map((one) => one.leftMinor));
  if (!Number.isSafeInteger(amountMinor) || amountMinor <= 0 || amountMinor > leftMinor) {
    throw new RangeError(`Cannot allocate ${String(amountMinor)} over ${String(leftMinor)} that are left`);
  }
  const shares = proportionalShares(
    open.map((one) => one.leftMinor),
    amountMinor,
  );
  return open
    .map((one, index) => partOf(one, shares[index] ?? 0))
    .filter((allocation) => allocation.amountMinor > 0);
}

/** What is left of the items in total, in minor units. */
export function leftOfItems(items: readonly PaidItem[], alreadyGiven: readonly GivenOfItem[]): number {
  return sum(items.map((item) => openItemOf(item, alreadyGiven).leftMinor));
}

/** The parts of an allocation by seller, sellers in the order of the items. */
export function sharesOfAllocation(parts: readonly ItemAllocation[]): SellerShare[] {
  const shares = new Map<string, SellerShare>();
  for (const { sellerId, netMinor, feeMinor } of parts) {
    const share = shares.get(sellerId) ?? { sellerId, netMinor: 0, feeMinor: 0 };
    share.netMinor += netMinor;
    share.feeMinor += feeMinor;
    shares.set(sellerId, share);
  }
  return [...shares.values()];
}

function openItemOf(item: PaidItem, alreadyGiven: readonly GivenOfItem[]): OpenItem {
  const given = alreadyGiven.filter((one) => one.orderItemId === item.id);
  const givenFeeMinor = sum(given.map((one) => one.feeMinor));
  const givenNetMinor = sum(given.map((one) => one.netMinor));
  const leftMinor = item.platformFeeMinor + item.netAmountMinor - givenFeeMinor - givenNetMinor;
  return { item, givenFeeMinor, givenNetMinor, leftMinor };
}

/** Largest remainder; products of two amounts exceed what a number holds exactly, hence bigint. */
function proportionalShares(weights: readonly number[], totalMinor: number): number[] {
  const weightSum = BigInt(sum(weights));
  const exact = weights.map((weight) => BigInt(weight) * BigInt(totalMinor));
  const shares = exact.map((product) => Number(product / weightSum));
  const byRemainder = exact
    .map((product, index) => ({ index, remainder: product % weightSum }))
    .sort((a, b) => (a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1));
  for (const { index } of byRemainder.slice(0, totalMinor - sum(shares)))
    shares[index] = (shares[index] ?? 0) + 1;
  return shares;
}

function partOf({ item, givenFeeMinor, givenNetMinor }: OpenItem, amountMinor: number): ItemAllocation {
  const paidMinor = item.platformFeeMinor + item.netAmountMinor;
  const toGiveMinor = givenFeeMinor + givenNetMinor + amountMinor;
  const feeGoalMinor = paidMinor === 0 ? 0 : roundedShare(item.platformFeeMinor, toGiveMinor, paidMinor);
  // A refund that was taken back in between can leave a fee that is a unit off its rounded share.
  const mostMinor = Math.min(amountMinor, item.platformFeeMinor - givenFeeMinor);
  const leastMinor = Math.max(0, amountMinor - (item.netAmountMinor - givenNetMinor));
  const feeMinor = Math.min(Math.max(feeGoalMinor - givenFeeMinor, leastMinor), mostMinor);
  return {
    orderItemId: item.id,
    sellerId: item.sellerId,
    amountMinor,
    feeMinor,
    netMinor: amountMinor - feeMinor,
  };
}

/** `whole * part / total`, rounded half up. */
const roundedShare = (whole: number, part: number, total: number): number =>
  Number((2n * BigInt(whole) * BigInt(part) + BigInt(total)) / (2n * BigInt(total)));

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

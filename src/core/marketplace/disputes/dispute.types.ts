import type { ItemAllocation } from '../orders/index.js';
import type { DisputeStatus } from './dispute-reducer.js';

/** A chargeback of the buyer's bank; amount in minor units. */
export interface Dispute {
  id: string;
  /** The provider's id. */
  pspDisputeId: string;
  orderId: string;
  amountMinor: number;
  currency: string;
  /** The bank's reason, in its own words. */
  reason: string | null;
  status: DisputeStatus;
  /** When it was lost nothing was left of the order: its licences were revoked. */
  tookAll: boolean;
  providerUpdatedAt: Date | null;
  challengeRequiredBy: Date | null;
  openedAt: Date;
  closedAt: Date | null;
  /** The provider reported the opposite end later. */
  contradictedAt: Date | null;
  contradictedBy: DisputeStatus | null;
  updatedAt: Date;
}

/** A dispute with what it took of which item while it was or is lost. */
export interface DisputeWithItems extends Dispute {
  items: ItemAllocation[];
}

/** Which disputes to list. */
export interface DisputeQuery {
  page: number;
  limit: number;
  cursor?: string;
  status?: DisputeStatus;
  orderId?: string;
}

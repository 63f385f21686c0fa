import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/time/index.js';
import { Propagation, Transactional } from '../../../infrastructure/database/index.js';
import { ExclusiveSalesRepository } from './exclusive-sales.repository.js';
import type { LicenseType } from './product.types.js';
import { exclusiveSold, trackSoldExclusively } from './products.errors.js';

/** A sold item, as far as exclusivity asks about it. */
export interface SoldItem {
  orderItemId: string;
  licenseType: LicenseType;
  trackIds: readonly string[];
}

/**
 * Who bought which track exclusively (07 7.9.12). Sales and offers of the same track wait for each other on its
 * lock, so that nothing of it is sold or put up while an exclusive sale is being written.
 */
@Injectable()
export class ExclusiveSales {
  constructor(
    private readonly sales: ExclusiveSalesRepository,
    private readonly clock: Clock,
  ) {}

  /**
   * Notes the sale of an order's items. An exclusive one takes every product with one of its tracks off sale, its
   * own included; what was sold before stays valid. Whoever completes first wins, by the unique index.
   * @throws DomainError 409 `EXCLUSIVE_SOLD` when another order bought one of the tracks exclusively
   */
  @Transactional(Propagation.Mandatory)
  async claim(orderId: string, items: readonly SoldItem[]): Promise<void> {
    const exclusive = items.filter((item) => item.licenseType === 'exclusive' && item.trackIds.length > 0);
    const exclusiveTracks = exclusive.flatMap((item) => item.trackIds);
    const otherTracks = items.flatMap((item) => (exclusive.includes(item) ? [] : item.trackIds));
    await this.sales.lockTracks(exclusiveTracks);
    await this.sales.shareTracks(otherTracks);
    const [soldTrackId] = await this.sales.findSoldTracks(otherTracks);
    if (soldTrackId !== undefined) throw exclusiveSold(soldTrackId);
    if (exclusive.length === 0) return;
    const soldAt = this.clock.now();
    await this.sales.insert(orderId, exclusive, soldAt);
    await this.sales.archiveProductsOf(exclusiveTracks, soldAt);
  }

  /** The licences of the items were revoked: their tracks may be offered again. Told twice it changes nothing. */
  @Transactional(Propagation.Mandatory)
  async release(orderItemIds: readonly string[]): Promise<void> {
    await this.sales.release(orderItemIds, this.clock.now());
  }

  /**
   * The licences of the items are valid again (07 7.9.17): their tracks are closed again, but for those that were
   * sold exclusively to somebody else meanwhile.
   */
  @Transactional(Propagation.Mandatory)
  async restore(orderItemIds: readonly string[]): Promise<void> {
    const trackIds = await this.sales.findReleasedTracks(orderItemIds);
    await this.sales.lockTracks(trackIds);
    await this.sales.restore(orderItemIds);
    await this.sales.archiveProductsOf(await this.sales.findSoldTracks(trackIds), this.clock.now());
  }

  /** Holds off exclusive sales of the tracks until the caller's transaction ends. */
  @Transactional(Propagation.Mandatory)
  async holdOff(trackIds: readonly string[]): Promise<void> {
    await this.sales.shareTracks(trackIds);
  }

  /**
   * Holds off exclusive sales of the tracks until the caller's transaction ends.
   * @throws DomainError 409 `TRACK_SOLD_EXCLUSIVELY` when one of them is sold exclusively
   */
  @Transactional(Propagation.Mandatory)
  async assertUnsold(trackIds: readonly string[]): Promise<void> {
    await this.sales.shareTracks(trackIds);
    const [soldTrackId] = await this.sales.findSoldTracks(trackIds);
    if (soldTrackId !== undefined) throw trackSoldExclusively(soldTrackId);
  }
}

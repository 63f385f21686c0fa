import { Injectable, type OnModuleInit } from '@nestjs/common';
import { newId } from '../../../common/ids/index.js';
import type { Paginated } from '../../../common/pagination/index.js';
import { Clock } from '../../../common/time/index.js';
import { Propagation, Transactional } from '../../../infrastructure/database/index.js';
import { TrackAccessRules } from '../../tracks/index.js';
import { ExclusiveSales, termsOfProduct } from '../products/index.js';
import { newLicenseNumber, parseLicenseNumber } from './license-number.js';
import type { ChangedLicense, License, LicenseGrant, LicenseQuery } from './license.types.js';
import { licenseNotFound } from './licenses.errors.js';
import { LicensesRepository } from './licenses.repository.js';

/** What buyers own. */
@Injectable()
export class LicensesService implements OnModuleInit {
  constructor(
    private readonly licenses: LicensesRepository,
    private readonly exclusives: ExclusiveSales,
    private readonly trackAccess: TrackAccessRules,
    private readonly clock: Clock,
  ) {}

  /** Tells the tracks who bought them; tracks never import the marketplace (architecture.md, knots). */
  onModuleInit(): void {
    this.trackAccess.register((trackId, userId) => this.licenses.hasActiveFor(trackId, userId));
    this.trackAccess.registerDownloadListener((trackId, userId) =>
      this.licenses.countDownloadOfTrack(trackId, userId, this.clock.now()),
    );
    this.trackAccess.registerRetention((trackId) => this.licenses.isHeldByAnybody(trackId));
  }

  /**
   * Grants one licence per item of an order, with a number of its own and the terms of its tier as of today.
   * @throws DomainError 409 `ALREADY_OWNED` when the buyer holds one of the products; the transaction is lost
   */
  @Transactional(Propagation.Mandatory)
  async grantForOrder(
    order: { orderId: string; buyerId: string; currency: string },
    grants: readonly LicenseGrant[],
  ): Promise<License[]> {
    const createdAt = this.clock.now();
    const licenses = grants.map((grant): License => ({
      id: newId(),
      number: newLicenseNumber(),
      ...order,
      ...grant,
      terms: termsOfProduct(grant),
      trackIds: [...grant.trackIds],
      status: 'active',
      downloadCount: 0,
      lastDownloadedAt: null,
      createdAt,
      revokedAt: null,
    }));
    await this.licenses.insert(licenses);
    return licenses;
  }

  /** Revokes all licences of an order; what was sold exclusively can be sold again. @returns how many were revoked */
  @Transactional(Propagation.Mandatory)
  async revokeForOrder(orderId: string, reason: string): Promise<number> {
    return this.release(await this.licenses.revokeOfOrder(orderId, reason, this.clock.now()));
  }

  /** Revokes the licences of refunded items (07 7.9.7). @returns how many were revoked */
  @Transactional(Propagation.Mandatory)
  async revokeForItems(orderItemIds: readonly string[], reason: string): Promise<number> {
    return this.release(await this.licenses.revokeOfItems(orderItemIds, reason, this.clock.now()));
  }

  /** A dispute was opened: the active licences of the order pause (07 7.9.24). @returns how many */
  @Transactional(Propagation.Mandatory)
  async suspendForOrder(orderId: string): Promise<number> {
    return (await this.licenses.suspendOfOrder(orderId)).length;
  }

  /** The dispute is over: the suspended licences of the order are active again. @returns how many */
  @Transactional(Propagation.Mandatory)
  async restoreForOrder(orderId: string): Promise<number> {
    return (await this.licenses.resumeOfOrder(orderId)).length;
  }

  /**
   * The provider took back the refund that revoked these licences (07 7.9.17): they are active again, but for
   * what the buyer has bought again meanwhile. @returns how many
   */
  @Transactional(Propagation.Mandatory)
  async restoreForItems(orderItemIds: readonly string[]): Promise<number> {
    // Before the licences, as a sale does it: the locks of tracks come first.
    await this.exclusives.restore(orderItemIds);
    return (await this.licenses.restoreOfItems(orderItemIds)).length;
  }

  /** The buyer's active licence of a product, null without one. */
  async findActive(buyerId: string, productId: string): Promise<License | null> {
    const [license] = await this.licenses.findOfProduct(buyerId, productId);
    return license?.status === 'active' ? license : null;
  }

  /** Which of the products the buyer owns already; services can be bought at any time (07 7.9.13). */
  async findOwnedProducts(buyerId: string, productIds: readonly string[]): Promise<string[]> {
    return this.licenses.findOwnedProducts(buyerId, productIds);
  }

  /** @throws DomainError 404 `LICENSE_NOT_FOUND`, also for the licence of somebody else */
  async getOwn(id: string, buyerId: string): Promise<License> {
    const license = await this.licenses.findOfBuyer(id, buyerId);
    if (license === null) throw licenseNotFound();
    return license;
  }

  /**
   * The licence of a number that somebody typed.
   * @throws DomainError 404 `LICENSE_NOT_FOUND`, the same for what is no number and for what was never issued
   */
  async getByNumber(typed: string): Promise<License> {
    const number = parseLicenseNumber(typed);
    const license = number === null ? null : await this.licenses.findByNumber(number);
    if (license === null) throw licenseNotFound();
    return license;
  }

  async listOwn(buyerId: string, query: LicenseQuery): Promise<Paginated<License>> {
    return this.licenses.list(buyerId, query);
  }

  /** What an order granted. */
  async listOfOrder(orderId: string): Promise<License[]> {
    return this.licenses.findOfOrder(orderId);
  }

  /** How often what each order item granted was downloaded; items without a licence are not in the map. */
  async findDownloadCounts(orderItemIds: readonly string[]): Promise<Map<string, number>> {
    return this.licenses.findDownloadCounts(orderItemIds);
  }

  /** What was sold exclusively and is revoked may be offered again. */
  private async release(revoked: readonly ChangedLicense[]): Promise<number> {
    await this.exclusives.release(revoked.map((license) => license.orderItemId));
    return revoked.length;
  }
}

import { Injectable, type OnModuleInit } from '@nestjs/common';
import { newId } from '../../../common/ids/index.js';
import type { Paginated } from '../../../common/pagination/index.js';
import { Clock } from '../../../common/time/index.js';
import { Propagation, Transactional } from '../../../infrastructure/database/index.js';
import { TrackAccessRules } from '../../tracks/index.js';
import type { License, LicenseGrant, LicenseQuery } from './license.types.js';
import { licenseNotFound } from './licenses.errors.js';
import { LicensesRepository } from './licenses.repository.js';

/** What buyers own. */
@Injectable()
export class LicensesService implements OnModuleInit {
  constructor(
    private readonly licenses: LicensesRepository,
    private readonly trackAccess: TrackAccessRules,
    private readonly clock: Clock,
  ) {}

  /** Tells the tracks who bought them; tracks never import the marketplace (architecture.md, knots). */
  onModuleInit(): void {
    this.trackAccess.register((trackId, userId) => this.licenses.hasActiveFor(trackId, userId));
    this.trackAccess.registerRetention((trackId) => this.licenses.isHeldByAnybody(trackId));
  }

  /**
   * Grants one licence per item of an order.
   * @throws DomainError 409 `ALREADY_OWNED` when the buyer holds one of the products; the transaction is lost
   */
  @Transactional(Propagation.Mandatory)
  async grantForOrder(
    order: { orderId: string; buyerId: string },
    grants: readonly LicenseGrant[],
  ): Promise<License[]> {
    const createdAt = this.clock.now();
    const licenses = grants.map((grant): License => ({
      id: newId(),
      ...order,
      ...grant,
      trackIds: [...grant.trackIds],
      status: 'active',
      createdAt,
      revokedAt: null,
    }));
    await this.licenses.insert(licenses);
    return licenses;
  }

  /** Revokes all licences of an order. @returns how many were revoked */
  @Transactional(Propagation.Mandatory)
  async revokeForOrder(orderId: string, reason: string): Promise<number> {
    return (await this.licenses.revokeOfOrder(orderId, reason, this.clock.now())).length;
  }

  /** Revokes the licences of refunded items (07 7.9.7). @returns how many were revoked */
  @Transactional(Propagation.Mandatory)
  async revokeForItems(orderItemIds: readonly string[], reason: string): Promise<number> {
    return (await this.licenses.revokeOfItems(orderItemIds, reason, this.clock.now())).length;
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

  async listOwn(buyerId: string, query: LicenseQuery): Promise<Paginated<License>> {
    return this.licenses.list(buyerId, query);
  }
}

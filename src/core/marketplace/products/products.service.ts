import { Injectable } from '@nestjs/common';
import { newId } from '../../../common/ids/index.js';
import type { Paginated } from '../../../common/pagination/index.js';
import { Clock } from '../../../common/time/index.js';
import { Transactional } from '../../../infrastructure/database/index.js';
import type { RequestUser } from '../../../infrastructure/http/access/index.js';
import { AuditWriter } from '../../audit/index.js';
import { TracksService } from '../../tracks/index.js';
import { ExclusiveSales } from './exclusive-sales.service.js';
import { type Product, type ProductContent, type ProductQuery, productStates } from './product.types.js';
import {
  productNotFound,
  productTracksInvalid,
  suggestedPriceInvalid,
  trackNotOwned,
  trackNotReady,
} from './products.errors.js';
import { ProductsRepository } from './products.repository.js';

/** What sellers do with their products (01 1.5). */
@Injectable()
export class ProductsService {
  constructor(
    private readonly products: ProductsRepository,
    private readonly tracks: TracksService,
    private readonly exclusives: ExclusiveSales,
    private readonly audit: AuditWriter,
    private readonly clock: Clock,
  ) {}

  /**
   * Offers something of the seller's own.
   * @throws DomainError 400 when the tracks do not fit the kind, 403 `TRACK_NOT_OWNED`, 409 `TRACK_NOT_READY`,
   *   `TRACK_SOLD_EXCLUSIVELY`
   */
  @Transactional()
  async create(sellerId: string, content: ProductContent): Promise<Product> {
    assertPricing(content);
    await this.assertDeliverable(sellerId, content);
    const now = this.clock.now();
    const product: Product = { id: newId(), sellerId, ...content, createdAt: now, updatedAt: now };
    await this.products.insert(product);
    return product;
  }

  /** Changes a product; what was sold before stays what it was. @throws as `create`; 409 once archived */
  @Transactional()
  async update(id: string, changes: Partial<ProductContent>, actor: RequestUser): Promise<Product> {
    await this.holdOffSales(id, changes.trackIds);
    const before = await this.getForUpdate(id);
    const {
      sellerId,
      createdAt: _createdAt,
      updatedAt: _updatedAt,
      id: _id,
      ...content
    } = { ...before, ...changes };
    if (content.status !== before.status || before.status === 'archived') {
      productStates.assert(before.status, content.status);
    }
    assertPricing(content);
    await this.assertDeliverable(sellerId, content);
    const updatedAt = this.clock.now();
    await this.products.update(id, content, updatedAt);
    const after: Product = { ...before, ...content, updatedAt };
    await this.auditForeign('product.updated', before, after, actor);
    return after;
  }

  /** Takes a product off sale for good; licences stay. Archiving twice is the same as once. */
  @Transactional()
  async archive(id: string, actor: RequestUser): Promise<Product> {
    const before = await this.getForUpdate(id);
    if (before.status === 'archived') return before;
    const { sellerId: _sellerId, createdAt: _createdAt, updatedAt: _updatedAt, id: _id, ...content } = before;
    const updatedAt = this.clock.now();
    await this.products.update(id, { ...content, status: 'archived' }, updatedAt);
    const after: Product = { ...before, status: 'archived', updatedAt };
    await this.auditForeign('product.archived', before, after, actor);
    return after;
  }

  /** The product, when it is on show or the caller's own. @throws DomainError 404 `PRODUCT_NOT_FOUND` */
  async getVisible(id: string, viewer: RequestUser | undefined): Promise<Product> {
    const product = await this.products.findById(id);
    if (product === null || !isVisible(product, viewer)) throw productNotFound();
    return product;
  }

  /** The seller of a product and whether the caller may know of it; null when there is none. */
  async findOwner(id: string, viewer: RequestUser): Promise<{ ownerId: string; isVisible: boolean } | null> {
    const product = await this.products.findById(id);
    return product && { ownerId: product.sellerId, isVisible: isVisible(product, viewer) };
  }

  /** A part of the list; anything but active products is shown to their seller alone. */
  async list(query: ProductQuery, viewer: RequestUser | undefined): Promise<Paginated<Product>> {
    if (query.status === 'active') return this.products.list(query);
    if (viewer === undefined || (query.sellerId !== undefined && query.sellerId !== viewer.id)) {
      return this.products.list({ ...query, status: 'active' });
    }
    return this.products.list({ ...query, sellerId: viewer.id });
  }

  /** Before the product is locked, because an exclusive sale locks the tracks first and then their products. */
  private async holdOffSales(id: string, newTrackIds: readonly string[] = []): Promise<void> {
    const product = await this.products.findById(id);
    await this.exclusives.holdOff([...(product?.trackIds ?? []), ...newTrackIds]);
  }

  private async getForUpdate(id: string): Promise<Product> {
    const product = await this.products.findForUpdate(id);
    if (product === null) throw productNotFound();
    return product;
  }

  private async assertDeliverable(sellerId: string, content: ProductContent): Promise<void> {
    const { productType, trackIds, status } = content;
    if (productType === 'track' && trackIds.length !== 1) {
      throw productTracksInvalid('track_id', 'is required for a product of type track');
    }
    if (productType === 'pack' && trackIds.length === 0) {
      throw productTracksInvalid('track_ids', 'is required for a product of type pack');
    }
    if (productType === 'service' && trackIds.length > 0) {
      throw productTracksInvalid('track_ids', 'must be empty for a product of type service');
    }
    if (trackIds.length === 0) return;
    await this.exclusives.assertUnsold(trackIds);
    const tracks = await this.tracks.findOwners(trackIds);
    if (trackIds.some((trackId) => tracks.get(trackId)?.ownerId !== sellerId)) throw trackNotOwned();
    const areReady = trackIds.every((trackId) => tracks.get(trackId)?.status === 'ready');
    if (status === 'active' && !areReady) throw trackNotReady();
  }

  private async auditForeign(
    action: string,
    before: Product,
    after: Product,
    actor: RequestUser,
  ): Promise<void> {
    if (actor.id === before.sellerId) return;
    await this.audit.record({
      action,
      resourceType: 'product',
      resourceId: before.id,
      oldValues: { ...before },
      newValues: { ...after },
    });
  }
}

function assertPricing({ pricing, priceMinor, suggestedPriceMinor }: ProductContent): void {
  if (suggestedPriceMinor === null) return;
  if (pricing !== 'minimum') throw suggestedPriceInvalid('is for products of pricing minimum only');
  if (suggestedPriceMinor < priceMinor) throw suggestedPriceInvalid('must be at least the price');
}

const isVisible = (product: Product, viewer: RequestUser | undefined): boolean =>
  product.status === 'active' ||
  product.sellerId === viewer?.id ||
  viewer?.permissions.has('ownership.override') === true;

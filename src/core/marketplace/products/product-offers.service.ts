import { Injectable } from '@nestjs/common';
import { Propagation, Transactional } from '../../../infrastructure/database/index.js';
import { TracksService } from '../../tracks/index.js';
import type { Product } from './product.types.js';
import { productNotFound, productUnavailable } from './products.errors.js';
import { ProductsRepository } from './products.repository.js';

/** What orders ask about products: what is for sale right now. */
@Injectable()
export class ProductOffers {
  constructor(
    private readonly products: ProductsRepository,
    private readonly tracks: TracksService,
  ) {}

  /**
   * The products in the order of the ids.
   * @throws DomainError 404 `PRODUCT_NOT_FOUND` when one of them is not on show
   * @throws DomainError 409 `PRODUCT_UNAVAILABLE` when a track in one of them is gone or not ready
   */
  async getForSale(productIds: readonly string[]): Promise<Product[]> {
    const found = new Map(
      (await this.products.findByIds(productIds)).map((product) => [product.id, product]),
    );
    const products = productIds.map((id) => {
      const product = found.get(id);
      if (product?.status !== 'active') throw productNotFound();
      return product;
    });
    const undeliverable = await this.findUndeliverable(products);
    if (undeliverable !== undefined) throw productUnavailable(undeliverable.id);
    return products;
  }

  /** True when each of the products could be bought now; a late payment asks this (07 7.9.11). */
  async areForSale(productIds: readonly string[]): Promise<boolean> {
    const products = await this.products.findByIds(productIds);
    const areActive =
      products.length === productIds.length && products.every((product) => product.status === 'active');
    return areActive && (await this.findUndeliverable(products)) === undefined;
  }

  /**
   * Holds the tracks of what is being sold until the caller's transaction ends: once it has, their files are kept
   * for the buyer.
   * @throws DomainError 409 `PRODUCT_UNAVAILABLE` when one was deleted, whose files may be gone
   */
  @Transactional(Propagation.Mandatory)
  async holdForBuyer(items: readonly { productId: string; trackIds: readonly string[] }[]): Promise<void> {
    const live = new Set(await this.tracks.holdLive(items.flatMap(({ trackIds }) => trackIds)));
    const gone = items.find(({ trackIds }) => trackIds.some((trackId) => !live.has(trackId)));
    if (gone !== undefined) throw productUnavailable(gone.productId);
  }

  /** True when each of the products is there and the seller's own, on sale or not. */
  async areOf(sellerId: string, productIds: readonly string[]): Promise<boolean> {
    if (productIds.length === 0) return true;
    const products = await this.products.findByIds(productIds);
    return (
      products.length === productIds.length && products.every((product) => product.sellerId === sellerId)
    );
  }

  private async findUndeliverable(products: readonly Product[]): Promise<Product | undefined> {
    const trackIds = products.flatMap((product) => product.trackIds);
    if (trackIds.length === 0) return undefined;
    const tracks = await this.tracks.findOwners(trackIds);
    return products.find((product) =>
      product.trackIds.some((trackId) => {
        const track = tracks.get(trackId);
        return track?.ownerId !== product.sellerId || track.status !== 'ready';
      }),
    );
  }
}

import { Injectable } from '@nestjs/common';
import { newId, newUlid } from '../../../common/ids/index.js';
import { feeOf } from '../../../common/money/index.js';
import { Clock } from '../../../common/time/index.js';
import { AppConfig } from '../../../infrastructure/config/index.js';
import { Propagation, Transactional } from '../../../infrastructure/database/index.js';
import { DiscountUses } from '../discounts/index.js';
import { LicensesService } from '../licenses/index.js';
import { type Product, ProductOffers } from '../products/index.js';
import {
  amountBelowPrice,
  amountNotAllowed,
  exclusiveOverlap,
  mixedCurrencies,
  ownProduct,
  productsAlreadyOwned,
} from './orders.errors.js';
import type { Order, OrderItem, OrderRequest } from './orders.types.js';

/** An item before its discount and its fee. */
interface PricedProduct {
  product: Product;
  requestedAmountMinor: number | null;
  listPriceMinor: number;
}

/** Checks what a buyer asks for and freezes prices, fees and contents (07 7.9.13, 7.9.14). */
@Injectable()
export class OrderDraft {
  private readonly feeBps: number;

  constructor(
    private readonly offers: ProductOffers,
    private readonly licenses: LicensesService,
    private readonly discounts: DiscountUses,
    private readonly clock: Clock,
    config: AppConfig,
  ) {
    this.feeBps = config.get('PLATFORM_FEE_BPS');
  }

  /**
   * An order that is not stored yet, with our own id for its payment (07 7.9.1); none when it is free. The use of
   * its discount is taken already, in the transaction that is to store it.
   * @throws DomainError as `CheckoutService.place` says
   */
  @Transactional(Propagation.Mandatory)
  async make(buyerId: string, request: OrderRequest): Promise<Order> {
    const priced = await this.price(buyerId, request);
    const id = newId();
    const currency = currencyOf(priced);
    const discountsMinor =
      request.discountCode === null
        ? []
        : await this.discounts.take(request.discountCode, {
            orderId: id,
            buyerId,
            currency,
            items: priced.map(({ product, listPriceMinor }) => ({
              productId: product.id,
              sellerId: product.sellerId,
              priceMinor: listPriceMinor,
            })),
          });
    const items = priced.map((item, index) => this.itemOf(item, discountsMinor[index] ?? 0));
    const totalAmountMinor = items.reduce((sum, item) => sum + item.unitPriceMinor, 0);
    return {
      id,
      buyerId,
      status: 'pending',
      statusBeforeRefund: null,
      totalAmountMinor,
      refundedAmountMinor: 0,
      currency,
      discountCode: request.discountCode,
      pspPaymentId: totalAmountMinor > 0 ? `pay_${newUlid()}` : null,
      paymentStatus: null,
      paymentUpdatedAt: null,
      failureCode: null,
      refundDeadline: null,
      completedAt: null,
      createdAt: this.clock.now(),
      unfulfilledAmountMinor: null,
      unfulfilledCurrency: null,
      disputedAt: null,
      items,
    };
  }

  private async price(buyerId: string, { lines }: OrderRequest): Promise<PricedProduct[]> {
    const productIds = lines.map((line) => line.productId);
    const products = await this.offers.getForSale(productIds);
    const own = products.find((product) => product.sellerId === buyerId);
    if (own !== undefined) throw ownProduct(own.id);
    const owned = await this.licenses.findOwnedProducts(buyerId, productIds);
    if (owned.length > 0) throw productsAlreadyOwned(owned);
    assertNoExclusiveOverlap(products);
    return products.map((product, index) => {
      const requestedAmountMinor = lines[index]?.amountMinor ?? null;
      return { product, requestedAmountMinor, listPriceMinor: priceOf(product, requestedAmountMinor, index) };
    });
  }

  private itemOf(
    { product, requestedAmountMinor, listPriceMinor }: PricedProduct,
    discountMinor: number,
  ): OrderItem {
    const unitPriceMinor = listPriceMinor - discountMinor;
    const platformFeeMinor = feeOf(unitPriceMinor, this.feeBps);
    return {
      id: newId(),
      productId: product.id,
      sellerId: product.sellerId,
      title: product.title,
      productType: product.productType,
      licenseType: product.licenseType,
      trackIds: product.trackIds,
      requestedAmountMinor,
      listPriceMinor,
      discountMinor,
      unitPriceMinor,
      platformFeeMinor,
      netAmountMinor: unitPriceMinor - platformFeeMinor,
      givenFeeMinor: 0,
      givenNetMinor: 0,
    };
  }
}

function currencyOf(priced: readonly PricedProduct[]): string {
  const [currency = '', ...others] = new Set(priced.map(({ product }) => product.currency));
  if (others.length > 0) throw mixedCurrencies();
  return currency;
}

/** What the item costs before any discount: the price, or what the buyer names where they may. */
function priceOf({ pricing, priceMinor }: Product, amountMinor: number | null, index: number): number {
  if (amountMinor === null || amountMinor === priceMinor) return priceMinor;
  if (pricing === 'fixed') throw amountNotAllowed(index);
  if (amountMinor < priceMinor) throw amountBelowPrice(index);
  return amountMinor;
}

function assertNoExclusiveOverlap(products: readonly Product[]): void {
  for (const product of products) {
    if (product.licenseType !== 'exclusive') continue;
    const others = products.filter((other) => other !== product).flatMap((other) => other.trackIds);
    const shared = product.trackIds.find((trackId) => others.includes(trackId));
    if (shared !== undefined) throw exclusiveOverlap(shared);
  }
}

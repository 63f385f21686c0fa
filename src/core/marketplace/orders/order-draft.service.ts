import { Injectable } from '@nestjs/common';
import { newId, newUlid } from '../../../common/ids/index.js';
import { feeOf } from '../../../common/money/index.js';
import { Clock } from '../../../common/time/index.js';
import { AppConfig } from '../../../infrastructure/config/index.js';
import { LicensesService } from '../licenses/index.js';
import { type Product, ProductOffers } from '../products/index.js';
import { mixedCurrencies, ownProduct, productsAlreadyOwned } from './orders.errors.js';
import type { Order, OrderItem } from './orders.types.js';

/** Checks what a buyer asks for and freezes prices, fees and contents (07 7.9.13, 7.9.14). */
@Injectable()
export class OrderDraft {
  private readonly feeBps: number;

  constructor(
    private readonly offers: ProductOffers,
    private readonly licenses: LicensesService,
    private readonly clock: Clock,
    config: AppConfig,
  ) {
    this.feeBps = config.get('PLATFORM_FEE_BPS');
  }

  /**
   * An order that is not stored yet, with our own id for its payment (07 7.9.1); none when it is free.
   * @throws DomainError as `CheckoutService.place` says
   */
  async make(buyerId: string, productIds: readonly string[]): Promise<Order> {
    const products = await this.offers.getForSale(productIds);
    const own = products.find((product) => product.sellerId === buyerId);
    if (own !== undefined) throw ownProduct(own.id);
    const currency = currencyOf(products);
    const owned = await this.licenses.findOwnedProducts(buyerId, productIds);
    if (owned.length > 0) throw productsAlreadyOwned(owned);
    const items = products.map((product) => this.itemOf(product));
    const totalAmountMinor = items.reduce((sum, item) => sum + item.unitPriceMinor, 0);
    return {
      id: newId(),
      buyerId,
      status: 'pending',
      statusBeforeRefund: null,
      totalAmountMinor,
      refundedAmountMinor: 0,
      currency,
      pspPaymentId: totalAmountMinor > 0 ? `pay_${newUlid()}` : null,
      paymentStatus: null,
      paymentUpdatedAt: null,
      failureCode: null,
      refundDeadline: null,
      completedAt: null,
      createdAt: this.clock.now(),
      items,
    };
  }

  private itemOf(product: Product): OrderItem {
    const platformFeeMinor = feeOf(product.priceMinor, this.feeBps);
    return {
      id: newId(),
      productId: product.id,
      sellerId: product.sellerId,
      title: product.title,
      productType: product.productType,
      licenseType: product.licenseType,
      trackIds: product.trackIds,
      unitPriceMinor: product.priceMinor,
      platformFeeMinor,
      netAmountMinor: product.priceMinor - platformFeeMinor,
    };
  }
}

function currencyOf(products: readonly Product[]): string {
  const [currency = '', ...others] = new Set(products.map((product) => product.currency));
  if (others.length > 0) throw mixedCurrencies();
  return currency;
}

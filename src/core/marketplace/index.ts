import { DiscountCodeEntity } from './discounts/index.js';
import { LicenseEntity } from './licenses/index.js';
import { OrderEntity, OrderItemEntity } from './orders/index.js';
import { ConnectAccount, PayoutOrder, SellerTransfer, TransferReversal } from './payouts/index.js';
import { ProductEntity } from './products/index.js';
import { Refund } from './refunds/index.js';

export { MarketplaceModule } from './marketplace.module.js';

/** Entities of all modules of the marketplace, for the wing. */
export const marketplaceEntities = [
  ProductEntity,
  DiscountCodeEntity,
  LicenseEntity,
  OrderEntity,
  OrderItemEntity,
  ConnectAccount,
  PayoutOrder,
  SellerTransfer,
  TransferReversal,
  Refund,
];

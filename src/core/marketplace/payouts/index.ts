export { ConnectAccount } from './connect-account.entity.js';
export { PayoutOrder } from './payout-order.entity.js';
export { PayoutProvider } from './payout-provider.js';
export { transferDue, transferReversalRequested } from './payouts.events.js';
export { PayoutsModule } from './payouts.module.js';
export {
  PayoutsService,
  type OrderToPayOut,
  type PayAgain,
  type PayoutCause,
  type TakeBack,
} from './payouts.service.js';
export { SellerTransfer } from './seller-transfer.entity.js';
export { TransferReversal } from './transfer-reversal.entity.js';

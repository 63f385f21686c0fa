export { OrderEntity } from './order.entity.js';
export { OrderItemEntity } from './order-item.entity.js';
export { OrderDisputes } from './order-disputes.service.js';
export { capturedOf, givenOf, leftOfOrder, OrderRefunds } from './order-refunds.service.js';
export type { OrderStatus } from './order-states.js';
export {
  orderCompleted,
  type OrderCompleted,
  orderUnfulfillable,
  type OrderUnfulfillable,
} from './orders.events.js';
export { OrdersModule } from './orders.module.js';
export { OrdersService } from './orders.service.js';
export type { LockedOrder, LockedOrderItem, Order } from './orders.types.js';
export {
  allocateOverItems,
  type GivenOfItem,
  type ItemAllocation,
  leftOfItems,
  type PaidItem,
  sharesOfAllocation,
} from './refund-allocation.js';

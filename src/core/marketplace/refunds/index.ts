export { Refund } from './refund.entity.js';
export { refundFailed, refundRequested, refundSucceeded, type RefundSettled } from './refunds.events.js';
export { RefundsModule } from './refunds.module.js';
export { RefundsService } from './refunds.service.js';

export { DiscountCodeEntity } from './discount-code.entity.js';
export { DiscountUses } from './discount-uses.service.js';
export { normalizedCode } from './discount.types.js';
export { DiscountsModule } from './discounts.module.js';

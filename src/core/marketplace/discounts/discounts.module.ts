import { Module } from '@nestjs/common';
import { AuditModule } from '../../audit/index.js';
import { ProductsModule } from '../products/index.js';
import { DiscountOwnershipResolver } from './discount-ownership.resolver.js';
import { DiscountUsesRepository } from './discount-uses.repository.js';
import { DiscountUses } from './discount-uses.service.js';
import { DiscountsController } from './discounts.controller.js';
import { DiscountsRepository } from './discounts.repository.js';
import { DiscountsService } from './discounts.service.js';

/** Codes that take something off a seller's prices; knows products and no orders. */
@Module({
  imports: [ProductsModule, AuditModule],
  controllers: [DiscountsController],
  providers: [
    DiscountsService,
    DiscountUses,
    DiscountOwnershipResolver,
    DiscountsRepository,
    DiscountUsesRepository,
  ],
  exports: [DiscountUses],
})
export class DiscountsModule {}

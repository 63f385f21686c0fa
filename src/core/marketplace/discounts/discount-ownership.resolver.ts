import { Injectable } from '@nestjs/common';
import type { DomainError } from '../../../common/errors/index.js';
import type { Ownership, OwnershipResolver } from '../../../infrastructure/http/access/index.js';
import { discountCodeNotFound } from './discounts.errors.js';
import { DiscountsService } from './discounts.service.js';

/** Codes belong to their seller; strangers do not even learn that there is one. */
@Injectable()
export class DiscountOwnershipResolver implements OwnershipResolver {
  constructor(private readonly discounts: DiscountsService) {}

  async resolveOwnership(id: string): Promise<Ownership | null> {
    const ownerId = await this.discounts.findSellerId(id);
    return ownerId === null ? null : { ownerId, isVisible: false };
  }

  notFound(): DomainError {
    return discountCodeNotFound();
  }
}

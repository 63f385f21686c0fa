import { Injectable } from '@nestjs/common';
import type { DomainError } from '../../../common/errors/index.js';
import type { Ownership, OwnershipResolver, RequestUser } from '../../../infrastructure/http/access/index.js';
import { productNotFound } from './products.errors.js';
import { ProductsService } from './products.service.js';

/** Products belong to their seller; strangers know only of those that are on show. */
@Injectable()
export class ProductOwnershipResolver implements OwnershipResolver {
  constructor(private readonly products: ProductsService) {}

  async resolveOwnership(id: string, user: RequestUser): Promise<Ownership | null> {
    return this.products.findOwner(id, user);
  }

  notFound(): DomainError {
    return productNotFound();
  }
}

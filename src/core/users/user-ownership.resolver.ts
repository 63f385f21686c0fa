import { Injectable } from '@nestjs/common';
import type { DomainError } from '../../common/errors/index.js';
import type { Ownership, OwnershipResolver } from '../../infrastructure/http/access/index.js';
import { userNotFound } from './users.errors.js';
import { UsersService } from './users.service.js';

/** A profile belongs to its user, and everybody may see an active one. */
@Injectable()
export class UserOwnershipResolver implements OwnershipResolver {
  constructor(private readonly users: UsersService) {}

  async resolveOwnership(id: string): Promise<Ownership | null> {
    return (await this.users.isActive(id)) ? { ownerId: id, isVisible: true } : null;
  }

  notFound(): DomainError {
    return userNotFound();
  }
}

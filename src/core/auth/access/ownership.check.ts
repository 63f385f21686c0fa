import { Injectable } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { validationFailed } from '../../../common/errors/index.js';
import { isUuid } from '../../../common/ids/index.js';
import type { OwnershipRule, RequestUser } from '../../../infrastructure/http/access/index.js';
import { insufficientPermissions } from '../auth.errors.js';
import type { Permission } from './role-permissions.js';

const OVERRIDE: Permission = 'ownership.override';

/**
 * Owner or administrator (S0): a foreign write on something the caller may see is 403, on something hidden
 * the module's own 404, the same as for what does not exist (09 C58).
 */
@Injectable()
export class OwnershipCheck {
  constructor(private readonly modules: ModuleRef) {}

  /** Passes for the owner and for who may override ownership, else throws 400, 403 or 404. */
  async check(
    { resolver, parameter }: OwnershipRule,
    id: string | undefined,
    user: RequestUser,
  ): Promise<void> {
    if (id === undefined || !isUuid(id)) {
      throw validationFailed([{ field: parameter, message: 'must be a UUID' }]);
    }
    const objects = this.modules.get(resolver, { strict: false });
    const ownership = await objects.resolveOwnership(id.toLowerCase(), user);
    if (ownership === null) throw objects.notFound();
    if (ownership.ownerId === user.id || user.permissions.has(OVERRIDE)) return;
    throw ownership.isVisible ? insufficientPermissions() : objects.notFound();
  }
}

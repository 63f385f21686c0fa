import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../../infrastructure/config/index.js';
import { USER_ROLES } from '../../users/index.js';
import { CREATOR_ROLE_PERMISSIONS, ROLE_PERMISSIONS } from './role-permissions.js';

const NOTHING: ReadonlySet<string> = new Set();

/**
 * What each role may do in this installation: the table, and creating for the roles of CREATOR_ROLES, or
 * for everybody with BYPASS_CONTENT_CREATOR_ROLE in development and test (S0).
 */
@Injectable()
export class RolePermissions {
  private readonly byRole: ReadonlyMap<string, ReadonlySet<string>>;

  constructor(config: AppConfig) {
    const creatorRoles = config.get('CREATOR_ROLES');
    const isEverybodyCreator = config.get('BYPASS_CONTENT_CREATOR_ROLE') && !config.isProductionLike;
    this.byRole = new Map(
      USER_ROLES.map((role) => [
        role,
        new Set<string>([
          ...ROLE_PERMISSIONS[role],
          ...(isEverybodyCreator || creatorRoles.includes(role) ? CREATOR_ROLE_PERMISSIONS : []),
        ]),
      ]),
    );
  }

  /** The permissions of a role; none for a role that does not exist. */
  of(role: string): ReadonlySet<string> {
    return this.byRole.get(role) ?? NOTHING;
  }
}

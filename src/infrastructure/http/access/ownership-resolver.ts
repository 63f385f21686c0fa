import type { DomainError } from '../../../common/errors/index.js';
import type { RequestUser } from './request-user.js';

/** Who owns an object, and whether the asking user may know that it exists. */
export interface Ownership {
  ownerId: string;
  isVisible: boolean;
}

/** A module's answer to "whose is this?", named by `@RequireOwnershipOrAdmin`. */
export interface OwnershipResolver {
  /** The owner of the object, or null when there is none with this id. */
  resolveOwnership(id: string, user: RequestUser): Promise<Ownership | null>;
  /** The module's own 404, given for what is absent and for what is hidden alike (09 C58). */
  notFound(): DomainError;
}

import { SetMetadata, applyDecorators, type CustomDecorator, type Type } from '@nestjs/common';
import { ApiBearerAuth, ApiSecurity } from '@nestjs/swagger';
import { ApiFailures } from '../openapi/api-failures.decorator.js';
import type { OwnershipResolver } from './ownership-resolver.js';

/** Where the guard finds what a route demands. A route carries exactly one access mark. */
export const ACCESS_METADATA = 'veza:access';
/** Where the guard finds the ownership rule of a route. */
export const OWNERSHIP_METADATA = 'veza:ownership';

/** What a route demands of its caller. */
export type RouteAccess =
  | { kind: 'public' }
  | { kind: 'optional' }
  | { kind: 'internal' }
  | { kind: 'permission'; permission: string };

/** The ownership rule of a route: who owns the object named by a path parameter. */
export interface OwnershipRule {
  resolver: Type<OwnershipResolver>;
  parameter: string;
}

const access = (rule: RouteAccess): CustomDecorator => SetMetadata(ACCESS_METADATA, rule);

type RouteDecorator = ClassDecorator & MethodDecorator;

/** Open to everybody; a token that is sent along is not looked at. */
export const Public = (): RouteDecorator => applyDecorators(access({ kind: 'public' }));

/** Open to everybody; a token that is sent along must be valid and tells who asks. */
export const OptionalAuth = (): RouteDecorator =>
  applyDecorators(access({ kind: 'optional' }), ApiSecurity({}), ApiBearerAuth(), ApiFailures(401));

/** For callers whose role has the permission: 401 without a valid token, 403 without the permission. */
export const RequirePermission = (permission: string): RouteDecorator =>
  applyDecorators(access({ kind: 'permission', permission }), ApiBearerAuth(), ApiFailures(401, 403));

/** For the companion servers that hold the shared internal key (09 C37). */
export const InternalKey = (): RouteDecorator =>
  applyDecorators(access({ kind: 'internal' }), ApiSecurity('internal-key'), ApiFailures(401));

/**
 * Only for the owner of the object named by the path parameter, or an administrator (S0). A foreign write
 * on something the caller may see is 403, on something hidden from them 404.
 */
export const RequireOwnershipOrAdmin = (
  resolver: Type<OwnershipResolver>,
  parameter = 'id',
): RouteDecorator =>
  applyDecorators(
    SetMetadata(OWNERSHIP_METADATA, { resolver, parameter } satisfies OwnershipRule),
    ApiFailures(404),
  );

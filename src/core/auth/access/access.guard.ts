import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import {
  ACCESS_METADATA,
  OWNERSHIP_METADATA,
  type OwnershipRule,
  type RequestUser,
  type RouteAccess,
} from '../../../infrastructure/http/access/index.js';
import { RequestContext } from '../../../infrastructure/http/index.js';
import { insufficientPermissions } from '../auth.errors.js';
import { SessionCheck } from '../sessions/session-check.service.js';
import type { AccessTokenClaims } from '../tokens/access-token-claims.js';
import { BearerGuard } from './bearer.guard.js';
import { InternalKeyCheck } from './internal-key.check.js';
import { OwnershipCheck } from './ownership.check.js';

type GuardedRequest = FastifyRequest<{ Params: Record<string, string | undefined> }> & {
  user?: AccessTokenClaims | RequestUser;
};

/**
 * Stands in front of every route and reads what the route demands. A route that says nothing is refused:
 * access is closed by default.
 */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly bearer: BearerGuard,
    private readonly sessions: SessionCheck,
    private readonly ownership: OwnershipCheck,
    private readonly internalKey: InternalKeyCheck,
    private readonly context: RequestContext,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const targets = [context.getHandler(), context.getClass()];
    const access = this.reflector.getAllAndOverride<RouteAccess | undefined>(ACCESS_METADATA, targets);
    if (access?.kind === 'public') return true;
    const request = context.switchToHttp().getRequest<GuardedRequest>();
    if (access?.kind === 'internal') {
      this.internalKey.check(request);
      return true;
    }
    if (access?.kind === 'optional' && request.headers.authorization === undefined) return true;
    const user = await this.authenticate(context, request);
    if (access?.kind === 'permission' && !user.permissions.has(access.permission)) {
      throw insufficientPermissions();
    }
    const rule = this.reflector.getAllAndOverride<OwnershipRule | undefined>(OWNERSHIP_METADATA, targets);
    if (rule !== undefined) await this.ownership.check(rule, request.params[rule.parameter], user);
    else if (access === undefined) throw insufficientPermissions();
    return true;
  }

  private async authenticate(context: ExecutionContext, request: GuardedRequest): Promise<RequestUser> {
    await this.bearer.canActivate(context);
    const user = await this.sessions.check(request.user as AccessTokenClaims);
    request.user = user;
    this.context.identify(user.id, user.sessionId);
    return user;
  }
}

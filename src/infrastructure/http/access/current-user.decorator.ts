import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { AuthenticatedRequest, RequestUser } from './request-user.js';

/** The caller; undefined on routes that are open to strangers. */
export const CurrentUser = createParamDecorator(
  (_: unknown, context: ExecutionContext): RequestUser | undefined =>
    context.switchToHttp().getRequest<AuthenticatedRequest>().user,
);

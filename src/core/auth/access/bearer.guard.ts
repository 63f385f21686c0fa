import { Injectable } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import { tokenInvalid } from '../auth.errors.js';
import { ACCESS_TOKEN_STRATEGY } from '../tokens/access-token.strategy.js';

/** Runs the passport strategy and leaves the token's claims in `request.user`, or throws 401. */
@Injectable()
export class BearerGuard extends AuthGuard(ACCESS_TOKEN_STRATEGY) {
  override handleRequest<Claims>(error: unknown, claims: Claims | false | null): Claims {
    if (error instanceof Error) throw error;
    if (claims === null || claims === false) throw tokenInvalid();
    return claims;
  }
}

import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Clock } from '../../../common/time/index.js';
import { PostgresListener } from '../../../infrastructure/events/index.js';
import type { RequestUser } from '../../../infrastructure/http/access/index.js';
import { ACCOUNT_CHANGED_CHANNEL, AccountChanges } from '../../users/index.js';
import { RolePermissions } from '../access/role-permissions.service.js';
import { tokenExpired, tokenInvalid } from '../auth.errors.js';
import type { AccessTokenClaims } from '../tokens/access-token-claims.js';
import { SessionCache } from './session-cache.js';
import { SESSION_ENDED_CHANNEL, SessionsRepository } from './sessions.repository.js';

/** How long another process may still accept what was revoked, should the notification get lost (09 C72). */
const CACHE_MAX_AGE_MS = 2_000;

interface SessionState {
  userId: string;
  tokenVersion: number;
  /** 0 when the session was ended or the account is not active. */
  usableUntilMs: number;
  user: RequestUser;
}

/**
 * Checks on every request that the session lives, that the account is active and that the token carries
 * its present version. Name, role and permissions come from the account and not from the token.
 */
@Injectable()
export class SessionCheck implements OnApplicationBootstrap {
  private readonly cache = new SessionCache<SessionState>((id) => this.load(id), CACHE_MAX_AGE_MS);

  constructor(
    private readonly sessions: SessionsRepository,
    private readonly permissions: RolePermissions,
    private readonly accounts: AccountChanges,
    private readonly listener: PostgresListener,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    this.accounts.subscribe((userId) => this.cache.forgetUser(userId));
    this.listener.subscribe(ACCOUNT_CHANGED_CHANNEL, {
      onNotification: (userId) => this.cache.forgetUser(userId),
      onConnected: () => this.cache.clear(),
    });
    this.listener.subscribe(SESSION_ENDED_CHANNEL, {
      onNotification: (sessionId) => this.cache.forget(sessionId),
    });
  }

  /** The caller behind a verified token; 401 `AUTH_TOKEN_EXPIRED` or `AUTH_TOKEN_INVALID`. */
  async check(claims: AccessTokenClaims): Promise<RequestUser> {
    const nowMs = this.clock.now().getTime();
    if (claims.exp * 1000 <= nowMs) throw tokenExpired();
    const state = await this.stateFor(claims);
    const isUsable =
      state !== null &&
      state.userId === claims.sub &&
      state.tokenVersion === claims.token_version &&
      state.usableUntilMs > nowMs;
    if (!isUsable) throw tokenInvalid();
    return state.user;
  }

  /** Makes a session's end hold at once in this process; to be called after the commit. */
  forget(sessionIds: readonly string[]): void {
    for (const sessionId of sessionIds) this.cache.forget(sessionId);
  }

  private async stateFor({ sid, token_version }: AccessTokenClaims): Promise<SessionState | null> {
    const kept = this.cache.peek(sid);
    const state = kept === undefined ? await this.cache.fetch(sid) : kept;
    // A token of a newer version was issued after this state was read.
    return state !== null && state.tokenVersion < token_version ? this.cache.fetch(sid) : state;
  }

  private async load(sessionId: string): Promise<SessionState | null> {
    const row = await this.sessions.findWithAccount(sessionId);
    if (row === null) return null;
    const { userId, username, role, tokenVersion } = row;
    const isEnded = row.revokedAt !== null || row.status !== 'active';
    return {
      userId,
      tokenVersion,
      usableUntilMs: isEnded ? 0 : row.expiresAt.getTime(),
      user: { id: userId, username, role, sessionId, permissions: this.permissions.of(role) },
    };
  }
}

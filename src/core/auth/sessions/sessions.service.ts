import { Injectable } from '@nestjs/common';
import { newId } from '../../../common/ids/index.js';
import { Clock } from '../../../common/time/index.js';
import { AppConfig } from '../../../infrastructure/config/index.js';
import { Propagation, Transactional } from '../../../infrastructure/database/index.js';
import { RequestContext } from '../../../infrastructure/http/index.js';
import type { Account } from '../../users/index.js';
import { AccessTokenIssuer } from '../tokens/access-token.issuer.js';
import { RefreshChain } from '../tokens/refresh-chain.js';
import type { IssuedTokens } from './issued-tokens.js';
import type { SessionEntity } from './session.entity.js';
import { SessionsRepository } from './sessions.repository.js';

const MAX_USER_AGENT_LENGTH = 512;

/** Opens sessions and hands out their tokens. */
@Injectable()
export class SessionsService {
  constructor(
    private readonly sessions: SessionsRepository,
    private readonly chain: RefreshChain,
    private readonly issuer: AccessTokenIssuer,
    private readonly config: AppConfig,
    private readonly clock: Clock,
    private readonly context: RequestContext,
  ) {}

  /**
   * Opens a session with its first pair of tokens. It ends at the latest after JWT_REFRESH_FAMILY_TTL; a
   * remembered one lives that long without being used (09 C2).
   */
  @Transactional(Propagation.Mandatory)
  async open(account: Account, isRemembered: boolean): Promise<IssuedTokens> {
    const now = this.clock.now();
    const session: SessionEntity = {
      id: newId(),
      userId: account.id,
      isRemembered,
      ipAddress: withoutZone(this.context.ip),
      userAgent: this.context.userAgent?.slice(0, MAX_USER_AGENT_LENGTH) ?? null,
      createdAt: now,
      lastUsedAt: now,
      expiresAt: new Date(now.getTime() + this.config.get('JWT_REFRESH_FAMILY_TTL')),
      revokedAt: null,
      logoutReason: null,
    };
    await this.sessions.insert(session);
    return this.pair(account, session.id, await this.chain.start(session));
  }

  /** A fresh access token to go with a refresh token. */
  pair(account: Account, sessionId: string, refreshToken: string): IssuedTokens {
    const { token, expiresInSeconds } = this.issuer.issue({
      userId: account.id,
      username: account.username,
      role: account.role,
      tokenVersion: account.tokenVersion,
      sessionId,
    });
    return { accessToken: token, refreshToken, expiresInSeconds };
  }
}

// PostgreSQL's inet knows no IPv6 zone (fe80::1%eth0).
function withoutZone(ip: string | undefined): string | null {
  return ip?.split('%')[0] ?? null;
}

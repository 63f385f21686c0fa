import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/time/index.js';
import { Propagation, Transactional } from '../../../infrastructure/database/index.js';
import { RefreshTokensRepository } from '../tokens/refresh-tokens.repository.js';
import type { LogoutReason } from './session.entity.js';
import { SessionsRepository } from './sessions.repository.js';

/**
 * Ends sessions with all their refresh tokens. Other processes hear of it with the commit; the caller tells
 * `SessionCheck.forget` afterwards, so that it holds at once in this one.
 */
@Injectable()
export class SessionEnder {
  constructor(
    private readonly sessions: SessionsRepository,
    private readonly refreshTokens: RefreshTokensRepository,
    private readonly clock: Clock,
  ) {}

  /** Ends the given sessions of one user; answers the ids of those that still lived. */
  @Transactional(Propagation.Mandatory)
  async end(userId: string, sessionIds: readonly string[], reason: LogoutReason): Promise<string[]> {
    const now = this.clock.now();
    const ended = await this.sessions.end(userId, sessionIds, reason, now);
    await this.refreshTokens.revokeOfSessions(ended, now);
    return ended;
  }

  /** Ends every session of a user; answers the ids of those that still lived. */
  @Transactional(Propagation.Mandatory)
  async endAll(userId: string, reason: LogoutReason): Promise<string[]> {
    const now = this.clock.now();
    const ended = await this.sessions.endAll(userId, reason, now);
    await this.refreshTokens.revokeOfSessions(ended, now);
    return ended;
  }
}

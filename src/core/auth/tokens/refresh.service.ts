import { Injectable } from '@nestjs/common';
import { Transactional } from '../../../infrastructure/database/index.js';
import { AuditWriter } from '../../audit/index.js';
import { UserAccountsService } from '../../users/index.js';
import { refreshTokenInvalid, refreshTokenReused, tokenExpired } from '../auth.errors.js';
import type { IssuedTokens } from '../sessions/issued-tokens.js';
import { SessionCheck } from '../sessions/session-check.service.js';
import { SessionEnder } from '../sessions/session-ender.service.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { type ChainLink, RefreshChain } from './refresh-chain.js';

type Outcome =
  | { kind: 'refreshed'; tokens: IssuedTokens }
  | { kind: 'invalid' }
  | { kind: 'expired' }
  | { kind: 'reused'; endedSessionIds: string[] };

/** Exchanges refresh tokens for new pairs (09 C2, C72). */
@Injectable()
export class RefreshService {
  constructor(
    private readonly chain: RefreshChain,
    private readonly sessions: SessionsService,
    private readonly ender: SessionEnder,
    private readonly check: SessionCheck,
    private readonly accounts: UserAccountsService,
    private readonly audit: AuditWriter,
  ) {}

  /**
   * A new pair for a refresh token. 401 `AUTH_TOKEN_INVALID`, `AUTH_TOKEN_EXPIRED`, or `AUTH_TOKEN_REUSED`
   * for one that was exchanged more than 10 s ago: somebody else has it, so its whole session ends.
   */
  async refresh(refreshToken: string): Promise<IssuedTokens> {
    const outcome = await this.settle(refreshToken);
    if (outcome.kind === 'refreshed') return outcome.tokens;
    if (outcome.kind === 'expired') throw tokenExpired();
    if (outcome.kind === 'invalid') throw refreshTokenInvalid();
    this.check.forget(outcome.endedSessionIds);
    throw refreshTokenReused();
  }

  // Answers instead of throwing: the end of a session must be committed together with the refusal.
  @Transactional()
  protected async settle(refreshToken: string): Promise<Outcome> {
    const link = await this.chain.findLocked(refreshToken);
    if (link === null) return { kind: 'invalid' };
    const verdict = this.chain.verdictOn(link);
    if (verdict === 'reused') return this.endForReuse(link);
    if (verdict === 'expired') return { kind: 'expired' };
    if (verdict === 'invalid') return { kind: 'invalid' };
    const account = await this.accounts.findById(link.session.userId);
    if (account?.status !== 'active') return { kind: 'invalid' };
    const next = await this.chain.exchange(link);
    if (next === null) return { kind: 'invalid' };
    return { kind: 'refreshed', tokens: this.sessions.pair(account, link.session.id, next) };
  }

  private async endForReuse({ session, token }: ChainLink): Promise<Outcome> {
    const endedSessionIds = await this.ender.end(session.userId, [session.id], 'security');
    await this.audit.record({
      action: 'auth.refresh_token_reused',
      resourceType: 'session',
      resourceId: session.id,
      success: false,
      details: { link_id: token.id },
    });
    return { kind: 'reused', endedSessionIds };
  }
}

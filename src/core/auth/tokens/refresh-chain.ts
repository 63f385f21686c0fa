import { Injectable } from '@nestjs/common';
import { newId } from '../../../common/ids/index.js';
import { Clock } from '../../../common/time/index.js';
import { AppConfig } from '../../../infrastructure/config/index.js';
import { Propagation, Transactional } from '../../../infrastructure/database/index.js';
import type { SessionEntity } from '../sessions/session.entity.js';
import { SessionsRepository } from '../sessions/sessions.repository.js';
import type { RefreshTokenEntity } from './refresh-token.entity.js';
import {
  type RefreshToken,
  childSecret,
  firstSecret,
  formatRefreshToken,
  hashOfSecret,
  matchesHash,
  parseRefreshToken,
} from './refresh-token.js';
import { RefreshTokensRepository } from './refresh-tokens.repository.js';

/** For so long a used token is taken for the second of two parallel refreshes and not for a stolen one. */
export const REPEAT_WINDOW_MS = 10_000;

/** A refresh token that was found, with its session. */
export interface ChainLink {
  session: SessionEntity;
  token: RefreshTokenEntity;
}

/** What to make of a token that was sent. */
export type ChainVerdict = 'usable' | 'invalid' | 'expired' | 'reused';

/** The refresh tokens of a session: each is exchanged once for its child (09 C2, design/decisions). */
@Injectable()
export class RefreshChain {
  private readonly key: Buffer;

  constructor(
    private readonly config: AppConfig,
    private readonly sessions: SessionsRepository,
    private readonly tokens: RefreshTokensRepository,
    private readonly clock: Clock,
  ) {
    this.key = config.derivedKey('refresh-token');
  }

  /** The first refresh token of a new session. */
  @Transactional(Propagation.Mandatory)
  async start(session: SessionEntity): Promise<string> {
    const first = { id: newId(), secret: firstSecret() };
    await this.store(first, null, session);
    return formatRefreshToken(first);
  }

  /** The link behind a token that was sent, with its session locked; null when we never issued it. */
  @Transactional(Propagation.Mandatory)
  async findLocked(text: string): Promise<ChainLink | null> {
    const sent = parseRefreshToken(text);
    if (sent === null) return null;
    const session = await this.sessions.lockOfRefreshToken(sent.id);
    // Read after the lock: a parallel refresh may have exchanged it meanwhile.
    const token = session === null ? null : await this.tokens.findById(sent.id);
    if (session === null || token === null || !matchesHash(sent.secret, token.tokenHash)) return null;
    return { session, token };
  }

  /** The session of a token that was sent, without any lock; null when we never issued it. */
  async findSessionId(text: string): Promise<string | null> {
    const sent = parseRefreshToken(text);
    const token = sent === null ? null : await this.tokens.findById(sent.id);
    return sent !== null && token !== null && matchesHash(sent.secret, token.tokenHash)
      ? token.sessionId
      : null;
  }

  /** Judges a link by the clock. */
  verdictOn({ session, token }: ChainLink): ChainVerdict {
    const nowMs = this.clock.now().getTime();
    if (session.revokedAt !== null || token.revokedAt !== null) return 'invalid';
    if (token.rotatedAt !== null && nowMs - token.rotatedAt.getTime() > REPEAT_WINDOW_MS) return 'reused';
    if (token.expiresAt.getTime() <= nowMs || session.expiresAt.getTime() <= nowMs) return 'expired';
    return 'usable';
  }

  /**
   * Exchanges a usable token for its child; one that was exchanged a moment ago for the newest token of the
   * session, so that parallel tabs end up with the same one.
   */
  @Transactional(Propagation.Mandatory)
  async exchange({ session, token }: ChainLink): Promise<string | null> {
    if (token.rotatedAt !== null) return this.repeat(session.id);
    const now = this.clock.now();
    const id = newId();
    const child = { id, secret: childSecret(this.key, token.id, id) };
    await this.tokens.markRotated(token.id, now);
    await this.store(child, token.id, session);
    await this.sessions.markUsed(session.id, now);
    return formatRefreshToken(child);
  }

  private async repeat(sessionId: string): Promise<string | null> {
    const leaf = await this.tokens.findLeaf(sessionId);
    if (leaf === null || leaf.parentId === null) return null;
    return formatRefreshToken({ id: leaf.id, secret: childSecret(this.key, leaf.parentId, leaf.id) });
  }

  private async store(token: RefreshToken, parentId: string | null, session: SessionEntity): Promise<void> {
    const now = this.clock.now();
    await this.tokens.insert({
      id: token.id,
      sessionId: session.id,
      userId: session.userId,
      parentId,
      tokenHash: hashOfSecret(token.secret),
      createdAt: now,
      expiresAt: this.expiryOf(session, now),
      rotatedAt: null,
      revokedAt: null,
    });
  }

  /** JWT_REFRESH_TTL from now and never after the session; a remembered one lasts as long as the session. */
  private expiryOf({ isRemembered, expiresAt }: SessionEntity, now: Date): Date {
    if (isRemembered) return expiresAt;
    return new Date(Math.min(now.getTime() + this.config.get('JWT_REFRESH_TTL'), expiresAt.getTime()));
  }
}

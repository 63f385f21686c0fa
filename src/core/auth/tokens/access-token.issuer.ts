import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { newId } from '../../../common/ids/index.js';
import { Clock } from '../../../common/time/index.js';
import { AppConfig } from '../../../infrastructure/config/index.js';
import type { AccessTokenClaims } from './access-token-claims.js';

/** Whom a token is for. */
export interface TokenSubject {
  userId: string;
  username: string;
  role: string;
  tokenVersion: number;
  sessionId: string;
}

/** A signed access token and its life in seconds. */
export interface AccessToken {
  token: string;
  expiresInSeconds: number;
}

/** Signs access tokens: HS256, JWT_EXPIRATION long (09 C46). */
@Injectable()
export class AccessTokenIssuer {
  constructor(
    private readonly jwt: JwtService,
    private readonly config: AppConfig,
    private readonly clock: Clock,
  ) {}

  /** A token for one user in one session. */
  issue(subject: TokenSubject): AccessToken {
    const issuedAt = Math.floor(this.clock.now().getTime() / 1000);
    const expiresInSeconds = Math.floor(this.config.get('JWT_EXPIRATION') / 1000);
    const claims: AccessTokenClaims = {
      sub: subject.userId,
      iss: this.config.get('JWT_ISSUER'),
      aud: this.config.get('JWT_AUDIENCE'),
      iat: issuedAt,
      exp: issuedAt + expiresInSeconds,
      jti: newId(),
      sid: subject.sessionId,
      typ: 'access',
      token_version: subject.tokenVersion,
      role: subject.role,
      username: subject.username,
    };
    return { token: this.jwt.sign(claims), expiresInSeconds };
  }
}

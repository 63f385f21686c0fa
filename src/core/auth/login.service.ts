import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/time/index.js';
import { Transactional } from '../../infrastructure/database/index.js';
import { Metrics } from '../../infrastructure/metrics/index.js';
import { AuditWriter } from '../audit/index.js';
import { type AccountCredentials, type OwnProfileDto, UserAccountsService } from '../users/index.js';
import { accountLocked, invalidCredentials } from './auth.errors.js';
import { PasswordHasher } from './passwords/password-hasher.js';
import type { IssuedTokens } from './sessions/issued-tokens.js';
import { SessionsService } from './sessions/sessions.service.js';

/** A user who has just signed in. */
export interface SignedIn {
  user: OwnProfileDto;
  tokens: IssuedTokens;
}

/** What somebody signs in with; the address in lower case. */
export interface LoginAttempt {
  email: string;
  password: string;
  isRemembered: boolean;
}

/** Signing in with a password. */
@Injectable()
export class LoginService {
  constructor(
    private readonly accounts: UserAccountsService,
    private readonly hasher: PasswordHasher,
    private readonly sessions: SessionsService,
    private readonly audit: AuditWriter,
    private readonly metrics: Metrics,
    private readonly clock: Clock,
  ) {}

  /**
   * Opens a session. An unknown address and a wrong password give the same 401 after the same work; 423
   * `AUTH_ACCOUNT_LOCKED` is only for who knows the password (09 C66).
   */
  async login(attempt: LoginAttempt): Promise<SignedIn> {
    const account = await this.accounts.findCredentials(attempt.email);
    const isRight = await this.hasher.verify(account?.passwordHash ?? null, attempt.password);
    if (account === null || !isRight || account.status === 'deleted') {
      this.metrics.loginAttempt('failure');
      await this.recordFailure(account, 'invalid_credentials');
      throw invalidCredentials();
    }
    if (account.status !== 'active' || this.isLocked(account)) {
      this.metrics.loginAttempt('locked');
      await this.recordFailure(account, 'account_locked');
      throw accountLocked();
    }
    const signedIn = await this.openSession(account, attempt.isRemembered);
    this.metrics.loginAttempt('success');
    return signedIn;
  }

  @Transactional()
  protected async openSession(account: AccountCredentials, isRemembered: boolean): Promise<SignedIn> {
    const user = await this.accounts.markSignedIn(account.id);
    const tokens = await this.sessions.open(account, isRemembered);
    await this.audit.record({
      action: 'auth.logged_in',
      resourceType: 'user',
      resourceId: account.id,
      userId: account.id,
      details: { method: 'password' },
    });
    return { user, tokens };
  }

  // What was typed is not kept: people type passwords into the wrong field.
  @Transactional()
  protected async recordFailure(account: AccountCredentials | null, reason: string): Promise<void> {
    await this.audit.record({
      action: 'auth.login_failed',
      resourceType: 'user',
      resourceId: account?.id,
      success: false,
      details: { method: 'password', reason },
    });
  }

  private isLocked({ lockedUntil }: AccountCredentials): boolean {
    return lockedUntil !== null && lockedUntil > this.clock.now();
  }
}

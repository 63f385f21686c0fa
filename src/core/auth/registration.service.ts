import { Injectable } from '@nestjs/common';
import { Transactional } from '../../infrastructure/database/index.js';
import { Metrics } from '../../infrastructure/metrics/index.js';
import { AuditWriter } from '../audit/index.js';
import { type NewAccount, UserAccountsService } from '../users/index.js';
import type { SignedIn } from './login.service.js';
import { PasswordHasher } from './passwords/password-hasher.js';
import { PasswordRules } from './passwords/password-rules.js';
import { SessionsService } from './sessions/sessions.service.js';

/** What an account is asked for with; the address in lower case. */
export interface Registration {
  username: string;
  email: string;
  password: string;
  firstName?: string;
  lastName?: string;
}

/** Creating accounts. */
@Injectable()
export class RegistrationService {
  constructor(
    private readonly accounts: UserAccountsService,
    private readonly rules: PasswordRules,
    private readonly hasher: PasswordHasher,
    private readonly sessions: SessionsService,
    private readonly audit: AuditWriter,
    private readonly metrics: Metrics,
  ) {}

  /**
   * Creates an account and signs it in (09 C21).
   * @throws `WEAK_PASSWORD`, `USERNAME_TAKEN`, `EMAIL_TAKEN`, `AUTH_BUSY`
   */
  async register({ password, ...account }: Registration): Promise<SignedIn> {
    this.rules.assertNotGuessable(password, account);
    const passwordHash = await this.hasher.hash(password);
    const signedIn = await this.create({ ...account, passwordHash });
    this.metrics.userRegistered();
    return signedIn;
  }

  @Transactional()
  protected async create(account: NewAccount): Promise<SignedIn> {
    const user = await this.accounts.create(account);
    const tokens = await this.sessions.open(
      { id: user.id, username: user.username, role: user.role, status: 'active', tokenVersion: 1 },
      false,
    );
    await this.audit.record({
      action: 'auth.registered',
      resourceType: 'user',
      resourceId: user.id,
      userId: user.id,
    });
    return { user, tokens };
  }
}

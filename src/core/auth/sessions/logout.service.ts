import { Injectable } from '@nestjs/common';
import { Transactional } from '../../../infrastructure/database/index.js';
import type { RequestUser } from '../../../infrastructure/http/access/index.js';
import { AuditWriter } from '../../audit/index.js';
import { UserAccountsService } from '../../users/index.js';
import { RefreshChain } from '../tokens/refresh-chain.js';
import { SessionCheck } from './session-check.service.js';
import { SessionEnder } from './session-ender.service.js';

/** Ends sessions on the user's own wish. */
@Injectable()
export class LogoutService {
  constructor(
    private readonly ender: SessionEnder,
    private readonly chain: RefreshChain,
    private readonly accounts: UserAccountsService,
    private readonly check: SessionCheck,
    private readonly audit: AuditWriter,
  ) {}

  /**
   * Ends the caller's session, and that of the given refresh token when it is the caller's own too; a
   * foreign or unknown one changes nothing and is not told apart. Holds at once in this process.
   */
  async logout(user: RequestUser, refreshToken?: string): Promise<void> {
    this.check.forget(await this.endSessions(user, refreshToken));
  }

  /** Ends every session of the caller and makes all access tokens invalid. */
  async logoutEverywhere(user: RequestUser): Promise<void> {
    this.check.forget(await this.endAllSessions(user));
  }

  @Transactional()
  protected async endSessions(user: RequestUser, refreshToken?: string): Promise<string[]> {
    const other = refreshToken === undefined ? null : await this.chain.findSessionId(refreshToken);
    const ids = other === null ? [user.sessionId] : [user.sessionId, other];
    const ended = await this.ender.end(user.id, ids, 'manual');
    await this.record(user, { all_devices: false, sessions: ended.length });
    return ended;
  }

  @Transactional()
  protected async endAllSessions(user: RequestUser): Promise<string[]> {
    await this.accounts.raiseTokenVersion(user.id);
    const ended = await this.ender.endAll(user.id, 'manual');
    await this.record(user, { all_devices: true, sessions: ended.length });
    return ended;
  }

  private async record(user: RequestUser, details: Record<string, unknown>): Promise<void> {
    await this.audit.record({
      action: 'auth.logged_out',
      resourceType: 'user',
      resourceId: user.id,
      details,
    });
  }
}

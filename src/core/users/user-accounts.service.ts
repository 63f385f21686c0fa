import { Injectable } from '@nestjs/common';
import { newId } from '../../common/ids/index.js';
import { Clock } from '../../common/time/index.js';
import { Propagation, Transactional } from '../../infrastructure/database/index.js';
import { AuditWriter } from '../audit/index.js';
import { AccountChanges } from './account-changes.js';
import type { OwnProfileDto } from './dto/profile.dto.js';
import type { UserRole } from './user-role.js';
import { roleChangeNotPossible, userNotFound } from './users.errors.js';
import { type Account, type AccountCredentials, UsersRepository } from './users.repository.js';

/** What a new account is made of; the address in lower case, the password already hashed. */
export interface NewAccount {
  username: string;
  email: string;
  passwordHash: string;
  firstName?: string;
  lastName?: string;
}

const ALREADY_CREATORS: readonly UserRole[] = [
  'creator',
  'artist',
  'producer',
  'label',
  'admin',
  'super_admin',
];

/** Accounts: what signing in and roles need, apart from the profile. */
@Injectable()
export class UserAccountsService {
  constructor(
    private readonly users: UsersRepository,
    private readonly changes: AccountChanges,
    private readonly audit: AuditWriter,
    private readonly clock: Clock,
  ) {}

  /** Creates an active, unverified account of role `user`; `USERNAME_TAKEN` or `EMAIL_TAKEN` when it exists. */
  @Transactional(Propagation.Mandatory)
  async create(account: NewAccount): Promise<OwnProfileDto> {
    const id = newId();
    const now = this.clock.now();
    await this.users.insert({
      id,
      username: account.username,
      email: account.email,
      passwordHash: account.passwordHash,
      firstName: account.firstName ?? null,
      lastName: account.lastName ?? null,
      createdAt: now,
      updatedAt: now,
    });
    return this.getActive(id);
  }

  /** The account behind a mail address in lower case, whatever its state. */
  async findCredentials(email: string): Promise<AccountCredentials | null> {
    return this.users.findCredentialsByEmail(email);
  }

  /** An account by id, whatever its state. */
  async findById(id: string): Promise<Account | null> {
    return this.users.findAccount(id);
  }

  /** Notes that the user signed in, and answers their profile. */
  @Transactional(Propagation.Mandatory)
  async markSignedIn(id: string): Promise<OwnProfileDto> {
    await this.users.markSignedIn(id, this.clock.now());
    return this.getActive(id);
  }

  /** Makes every access token issued so far invalid; the caller announces it after the commit. */
  @Transactional(Propagation.Mandatory)
  async raiseTokenVersion(id: string): Promise<void> {
    await this.users.raiseTokenVersion(id);
  }

  /**
   * Makes a plain user a creator (09 C55); who is one already stays what they are. The guard reads the
   * present role, so it holds at once and for tokens already issued: nothing is taken away, and the token
   * version stays. Other roles would lose what they have: 409 `ROLE_CHANGE_NOT_POSSIBLE`.
   */
  async becomeCreator(id: string): Promise<OwnProfileDto> {
    const profile = await this.promoteToCreator(id);
    this.changes.announce(id);
    return profile;
  }

  @Transactional()
  protected async promoteToCreator(id: string): Promise<OwnProfileDto> {
    const before = await this.users.findOwnForUpdate(id);
    if (before === null) throw userNotFound();
    if (ALREADY_CREATORS.includes(before.role)) return before;
    if (before.role !== 'user') throw roleChangeNotPossible(before.role);
    await this.users.changeRole(id, 'creator', this.clock.now());
    await this.audit.record({
      action: 'user.role_changed',
      resourceType: 'user',
      resourceId: id,
      oldValues: { role: before.role },
      newValues: { role: 'creator' },
    });
    return this.getActive(id);
  }

  private async getActive(id: string): Promise<OwnProfileDto> {
    const profile = await this.users.findOwnById(id);
    if (profile === null) throw userNotFound();
    return profile;
  }
}

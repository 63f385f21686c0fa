import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/time/index.js';
import { Transactional } from '../../infrastructure/database/index.js';
import { AuditWriter } from '../audit/index.js';
import { AccountChanges } from './account-changes.js';
import type { OwnProfileDto, PublicProfileDto } from './dto/profile.dto.js';
import type { UpdateProfileDto } from './dto/update-profile.dto.js';
import { columnsOf } from './profile-change.js';
import { type ProfileCompletion, completionOf } from './profile-completion.js';
import { userNotFound } from './users.errors.js';
import { type UserContact, type UserSummary, UsersRepository } from './users.repository.js';

/** Profiles: who a user is to others and to themselves. */
@Injectable()
export class UsersService {
  constructor(
    private readonly users: UsersRepository,
    private readonly changes: AccountChanges,
    private readonly audit: AuditWriter,
    private readonly clock: Clock,
  ) {}

  /** The public profile of an active user, else `USER_NOT_FOUND`. */
  async getPublicProfile(id: string): Promise<PublicProfileDto> {
    return (await this.users.findPublicById(id)) ?? refuse();
  }

  /** The same by name, without regard to case. */
  async getPublicProfileByUsername(username: string): Promise<PublicProfileDto> {
    return (await this.users.findPublicByUsername(username)) ?? refuse();
  }

  /** A user's own profile, else `USER_NOT_FOUND`. */
  async getOwnProfile(id: string): Promise<OwnProfileDto> {
    return (await this.users.findOwnById(id)) ?? refuse();
  }

  /** How far the profile of an active user is filled in. */
  async getCompletion(id: string): Promise<ProfileCompletion> {
    return completionOf(await this.getPublicProfile(id));
  }

  /** Whether the user exists and is active. */
  async isActive(id: string): Promise<boolean> {
    return (await this.users.findPublicById(id)) !== null;
  }

  /** The given users as lists show them, by id; who is no longer active is absent. */
  async findPublicByIds(ids: readonly string[]): Promise<Map<string, UserSummary>> {
    return byId(ids.length === 0 ? [] : await this.users.findSummaries(ids));
  }

  /** Where the given users are written to, by id; who is no longer active is absent. */
  async findContactsByIds(ids: readonly string[]): Promise<Map<string, UserContact>> {
    return byId(ids.length === 0 ? [] : await this.users.findContacts(ids));
  }

  /** Whether a name can no longer be chosen. */
  async isUsernameTaken(username: string): Promise<boolean> {
    return this.users.isUsernameTaken(username);
  }

  /**
   * Changes the fields that were sent. A new mail address is unverified again.
   * @throws `USER_NOT_FOUND`, `USERNAME_TAKEN`, `EMAIL_TAKEN`
   */
  async updateProfile(id: string, change: UpdateProfileDto): Promise<OwnProfileDto> {
    const profile = await this.storeProfile(id, change);
    this.changes.announce(id);
    return profile;
  }

  @Transactional()
  protected async storeProfile(id: string, change: UpdateProfileDto): Promise<OwnProfileDto> {
    const before = (await this.users.findOwnForUpdate(id)) ?? refuse();
    const columns = columnsOf(change);
    if (columns.email !== undefined && columns.email !== before.email) columns.isVerified = false;
    await this.users.updateProfile(id, columns, this.clock.now());
    await this.users.announceChange(id);
    await this.audit.record({
      action: 'user.profile_updated',
      resourceType: 'user',
      resourceId: id,
      details: { fields: Object.keys(change) },
    });
    return this.getOwnProfile(id);
  }
}

function refuse(): never {
  throw userNotFound();
}

function byId<T extends { id: string }>(rows: T[]): Map<string, T> {
  return new Map(rows.map((row) => [row.id, row]));
}

import { Injectable } from '@nestjs/common';
import { Database, mapUniqueViolation } from '../../infrastructure/database/index.js';
import { ACCOUNT_CHANGED_CHANNEL } from './account-changes.js';
import type { OwnProfileDto, PublicProfileDto } from './dto/profile.dto.js';
import type { UserRole, UserStatus } from './user-role.js';
import { UserEntity } from './user.entity.js';
import { emailTaken, usernameTaken } from './users.errors.js';

const PUBLIC_COLUMNS = `id, username, display_name, first_name, last_name, bio, avatar, location, website,
  social_links, skills, created_at`;
const OWN_COLUMNS = `${PUBLIC_COLUMNS}, email, role, is_active, is_verified, timezone, language, preferences,
  last_login_at, updated_at`;

/** An account as its tokens describe it. */
export interface Account {
  id: string;
  username: string;
  role: UserRole;
  status: UserStatus;
  tokenVersion: number;
}

/** What signing in needs to know of an account. */
export interface AccountCredentials extends Account {
  passwordHash: string | null;
  lockedUntil: Date | null;
}

/** A user as lists of other modules show it. */
export interface UserSummary {
  id: string;
  username: string;
  display_name: string | null;
  avatar: string | null;
}

/** Where and in which language a user is written to. */
export interface UserContact {
  id: string;
  email: string;
  name: string;
  language: string | null;
}

/** The columns of a profile that its owner may change. */
export type ProfileColumns = Partial<
  Pick<
    UserEntity,
    | 'username'
    | 'email'
    | 'isVerified'
    | 'firstName'
    | 'lastName'
    | 'displayName'
    | 'bio'
    | 'avatar'
    | 'location'
    | 'website'
    | 'timezone'
    | 'language'
    | 'socialLinks'
    | 'skills'
    | 'preferences'
  >
>;

/** The rows of `users`. */
@Injectable()
export class UsersRepository {
  constructor(private readonly database: Database) {}

  /** Stores a new account; a taken name or address is `USERNAME_TAKEN` or `EMAIL_TAKEN`. */
  async insert(
    user: Pick<
      UserEntity,
      'id' | 'username' | 'email' | 'passwordHash' | 'firstName' | 'lastName' | 'createdAt' | 'updatedAt'
    >,
  ): Promise<void> {
    await this.database.repository(UserEntity).insert(user).catch(refuseTakenNames);
  }

  /** Changes a profile; a taken name or address is `USERNAME_TAKEN` or `EMAIL_TAKEN`. */
  async updateProfile(id: string, columns: ProfileColumns, updatedAt: Date): Promise<void> {
    await this.database
      .repository(UserEntity)
      .update({ id }, { ...columns, updatedAt } as object)
      .catch(refuseTakenNames);
  }

  /** The public profile of an active user. */
  async findPublicById(id: string): Promise<PublicProfileDto | null> {
    const [row] = await this.database.query<PublicProfileDto>(
      `SELECT ${PUBLIC_COLUMNS} FROM users WHERE id = $1 AND status = 'active'`,
      [id],
    );
    return row ?? null;
  }

  /** The public profile of an active user, by name without regard to case. */
  async findPublicByUsername(username: string): Promise<PublicProfileDto | null> {
    const [row] = await this.database.query<PublicProfileDto>(
      `SELECT ${PUBLIC_COLUMNS} FROM users WHERE lower(username) = lower($1) AND status = 'active'`,
      [username],
    );
    return row ?? null;
  }

  /** Everything that an active user may see of themselves. */
  async findOwnById(id: string): Promise<OwnProfileDto | null> {
    const [row] = await this.database.query<OwnProfileDto>(
      `SELECT ${OWN_COLUMNS} FROM users WHERE id = $1 AND status = 'active'`,
      [id],
    );
    return row ?? null;
  }

  /** The same, with the row locked until the transaction ends. */
  async findOwnForUpdate(id: string): Promise<OwnProfileDto | null> {
    const [row] = await this.database.query<OwnProfileDto>(
      `SELECT ${OWN_COLUMNS} FROM users WHERE id = $1 AND status = 'active' FOR UPDATE`,
      [id],
    );
    return row ?? null;
  }

  /** The given users as lists show them; the inactive ones are left out. */
  async findSummaries(ids: readonly string[]): Promise<UserSummary[]> {
    return this.database.query<UserSummary>(
      `SELECT id, username, display_name, avatar FROM users WHERE id = ANY($1::uuid[]) AND status = 'active'`,
      [ids],
    );
  }

  /** Where the given users are written to; the inactive ones are left out. */
  async findContacts(ids: readonly string[]): Promise<UserContact[]> {
    return this.database.query<UserContact>(
      `SELECT id, email, coalesce(display_name, username) AS name, language
         FROM users WHERE id = ANY($1::uuid[]) AND status = 'active'`,
      [ids],
    );
  }

  /** Whether anybody has or had this name: a deleted user's name stays taken (design/decisions). */
  async isUsernameTaken(username: string): Promise<boolean> {
    const rows = await this.database.query('SELECT 1 FROM users WHERE lower(username) = lower($1)', [
      username,
    ]);
    return rows.length > 0;
  }

  /** The account behind a mail address in lower case, whatever its state. */
  async findCredentialsByEmail(email: string): Promise<AccountCredentials | null> {
    const [row] = await this.database.query<AccountCredentials>(
      `SELECT id, username, password_hash AS "passwordHash", role, status, token_version AS "tokenVersion",
              locked_until AS "lockedUntil"
         FROM users WHERE lower(email) = $1`,
      [email],
    );
    return row ?? null;
  }

  /** An account by id, whatever its state. */
  async findAccount(id: string): Promise<Account | null> {
    const [row] = await this.database.query<Account>(
      `SELECT id, username, role, status, token_version AS "tokenVersion" FROM users WHERE id = $1`,
      [id],
    );
    return row ?? null;
  }

  /** Notes that the user signed in. */
  async markSignedIn(id: string, at: Date): Promise<void> {
    await this.database.query('UPDATE users SET last_login_at = $2, login_attempts = 0 WHERE id = $1', [
      id,
      at,
    ]);
  }

  /** Makes every access token issued so far invalid. */
  async raiseTokenVersion(id: string): Promise<void> {
    await this.database.query('UPDATE users SET token_version = token_version + 1 WHERE id = $1', [id]);
    await this.announceChange(id);
  }

  /** Gives the user another role. */
  async changeRole(id: string, role: UserRole, updatedAt: Date): Promise<void> {
    await this.database.repository(UserEntity).update({ id }, { role, updatedAt });
    await this.announceChange(id);
  }

  /** Tells other processes, with the commit, that copies of this account are out of date. */
  async announceChange(id: string): Promise<void> {
    await this.database.query('SELECT pg_notify($1, $2)', [ACCOUNT_CHANGED_CHANNEL, id]);
  }
}

function refuseTakenNames(error: unknown): never {
  return mapUniqueViolation(error, { users_username_uq: usernameTaken, users_email_uq: emailTaken });
}

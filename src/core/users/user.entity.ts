import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { UserRole, UserStatus } from './user-role.js';

/** Accounts at other services, by handle or URL. */
export interface SocialLinks {
  twitter?: string;
  instagram?: string;
  soundcloud?: string;
}

/** An account with its profile (02 users). */
@Entity('users')
export class UserEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'users_pk' })
  id: string;

  @Column({ type: 'varchar', length: 50 })
  username: string;

  @Column({ type: 'varchar', length: 255 })
  email: string;

  /** argon2id in PHC form; null for accounts without a password. */
  @Column({ type: 'text', name: 'password_hash', nullable: true })
  passwordHash: string | null;

  @Column({ type: 'text', default: 'user' })
  role: UserRole;

  @Column({ type: 'text', default: 'active' })
  status: UserStatus;

  /** Follows from the status, computed by the database. */
  @Column({
    type: 'boolean',
    name: 'is_active',
    generatedType: 'STORED',
    asExpression: `status = 'active'`,
    insert: false,
    update: false,
  })
  isActive: boolean;

  @Column({ type: 'boolean', name: 'is_verified', default: false })
  isVerified: boolean;

  /** Rises when something is taken from the account; older access tokens die with it (04). */
  @Column({ type: 'integer', name: 'token_version', default: 1 })
  tokenVersion: number;

  @Column({ type: 'integer', name: 'login_attempts', default: 0 })
  loginAttempts: number;

  @Column({ type: 'timestamptz', precision: 3, name: 'locked_until', nullable: true })
  lockedUntil: Date | null;

  @Column({ type: 'timestamptz', precision: 3, name: 'last_login_at', nullable: true })
  lastLoginAt: Date | null;

  @Column({ type: 'varchar', length: 100, name: 'first_name', nullable: true })
  firstName: string | null;

  @Column({ type: 'varchar', length: 100, name: 'last_name', nullable: true })
  lastName: string | null;

  @Column({ type: 'varchar', length: 100, name: 'display_name', nullable: true })
  displayName: string | null;

  @Column({ type: 'varchar', length: 500, nullable: true })
  bio: string | null;

  @Column({ type: 'varchar', length: 500, nullable: true })
  avatar: string | null;

  @Column({ type: 'varchar', length: 100, nullable: true })
  location: string | null;

  @Column({ type: 'varchar', length: 255, nullable: true })
  website: string | null;

  @Column({ type: 'varchar', length: 64, nullable: true })
  timezone: string | null;

  @Column({ type: 'varchar', length: 2, nullable: true })
  language: string | null;

  @Column({ type: 'jsonb', name: 'social_links', default: {} })
  socialLinks: SocialLinks;

  @Column({ type: 'text', array: true, default: [] })
  skills: string[];

  @Column({ type: 'jsonb', default: {} })
  preferences: Record<string, unknown>;

  @Column({ type: 'timestamptz', precision: 3, name: 'created_at' })
  createdAt: Date;

  @Column({ type: 'timestamptz', precision: 3, name: 'updated_at' })
  updatedAt: Date;

  @Column({ type: 'timestamptz', precision: 3, name: 'deleted_at', nullable: true })
  deletedAt: Date | null;
}

import { Column, Entity, PrimaryColumn } from 'typeorm';

/** Why a session ended (02). */
export const LOGOUT_REASONS = ['manual', 'expired', 'forced', 'security'] as const;

export type LogoutReason = (typeof LOGOUT_REASONS)[number];

/** One sign-in on one device: a chain of refresh tokens and the access tokens with its id as `sid` (09 C72). */
@Entity('sessions')
export class SessionEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'sessions_pk' })
  id: string;

  @Column({ type: 'uuid', name: 'user_id' })
  userId: string;

  /** `remember_me` at login: refresh tokens live as long as the session. */
  @Column({ type: 'boolean', name: 'is_remembered', default: false })
  isRemembered: boolean;

  @Column({ type: 'inet', name: 'ip_address', nullable: true })
  ipAddress: string | null;

  @Column({ type: 'varchar', length: 512, name: 'user_agent', nullable: true })
  userAgent: string | null;

  @Column({ type: 'timestamptz', precision: 3, name: 'created_at' })
  createdAt: Date;

  @Column({ type: 'timestamptz', precision: 3, name: 'last_used_at' })
  lastUsedAt: Date;

  /** No refresh reaches beyond it (09 C2). */
  @Column({ type: 'timestamptz', precision: 3, name: 'expires_at' })
  expiresAt: Date;

  @Column({ type: 'timestamptz', precision: 3, name: 'revoked_at', nullable: true })
  revokedAt: Date | null;

  @Column({ type: 'text', name: 'logout_reason', nullable: true })
  logoutReason: LogoutReason | null;
}

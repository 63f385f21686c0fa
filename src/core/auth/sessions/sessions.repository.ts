import { Injectable } from '@nestjs/common';
import { Database } from '../../../infrastructure/database/index.js';
import { type LogoutReason, SessionEntity } from './session.entity.js';

/** The channel on which a transaction announces the id of a session that it ended. */
export const SESSION_ENDED_CHANNEL = 'session_ended';

/** What the guard must know of a session and its account. */
export interface SessionRow {
  userId: string;
  username: string;
  role: string;
  status: string;
  tokenVersion: number;
  expiresAt: Date;
  revokedAt: Date | null;
}

/** The rows of `sessions`. */
@Injectable()
export class SessionsRepository {
  constructor(private readonly database: Database) {}

  async insert(session: SessionEntity): Promise<void> {
    await this.database.repository(SessionEntity).insert(session);
  }

  /**
   * Session and account in one statement by primary key: it stands in front of every authenticated request,
   * which is why it joins the account instead of asking its owner.
   */
  async findWithAccount(id: string): Promise<SessionRow | null> {
    const [row] = await this.database.query<SessionRow>(
      `SELECT u.id AS "userId", u.username, u.role, u.status, u.token_version AS "tokenVersion",
              s.expires_at AS "expiresAt", s.revoked_at AS "revokedAt"
         FROM sessions s JOIN users u ON u.id = s.user_id
        WHERE s.id = $1`,
      [id],
    );
    return row ?? null;
  }

  /** Locks the session that a refresh token belongs to: refreshes of one session take turns. */
  async lockOfRefreshToken(tokenId: string): Promise<SessionEntity | null> {
    return this.database
      .repository(SessionEntity)
      .createQueryBuilder('session')
      .where('session.id = (SELECT t.session_id FROM refresh_tokens t WHERE t.id = :tokenId)', { tokenId })
      .setLock('pessimistic_write')
      .getOne();
  }

  async markUsed(id: string, at: Date): Promise<void> {
    await this.database.repository(SessionEntity).update({ id }, { lastUsedAt: at });
  }

  /** Ends the given sessions of a user, those that still live; answers their ids. */
  async end(userId: string, ids: readonly string[], reason: LogoutReason, at: Date): Promise<string[]> {
    const rows = await this.database.query<{ id: string }>(
      `UPDATE sessions SET revoked_at = $3, logout_reason = $4
        WHERE user_id = $1 AND id = ANY($2::uuid[]) AND revoked_at IS NULL RETURNING id`,
      [userId, ids, at, reason],
    );
    return this.announce(rows);
  }

  /** Ends every session of a user; answers their ids. */
  async endAll(userId: string, reason: LogoutReason, at: Date): Promise<string[]> {
    const rows = await this.database.query<{ id: string }>(
      `UPDATE sessions SET revoked_at = $2, logout_reason = $3
        WHERE user_id = $1 AND revoked_at IS NULL RETURNING id`,
      [userId, at, reason],
    );
    return this.announce(rows);
  }

  /** Sessions that can still be used, of all users. */
  async countLive(at: Date): Promise<number> {
    const [row] = await this.database.query<{ count: number }>(
      'SELECT count(*)::int AS count FROM sessions WHERE revoked_at IS NULL AND expires_at > $1',
      [at],
    );
    return row?.count ?? 0;
  }

  private async announce(rows: { id: string }[]): Promise<string[]> {
    const ids = rows.map((row) => row.id);
    await this.database.query('SELECT pg_notify($1, id) FROM unnest($2::text[]) AS id', [
      SESSION_ENDED_CHANNEL,
      ids,
    ]);
    return ids;
  }
}

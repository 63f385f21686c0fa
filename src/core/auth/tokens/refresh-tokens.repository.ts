import { Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import { Database } from '../../../infrastructure/database/index.js';
import { RefreshTokenEntity } from './refresh-token.entity.js';

/** The rows of `refresh_tokens`. Whoever changes a chain holds the lock of its session. */
@Injectable()
export class RefreshTokensRepository {
  constructor(private readonly database: Database) {}

  async insert(token: RefreshTokenEntity): Promise<void> {
    await this.database.repository(RefreshTokenEntity).insert(token);
  }

  async findById(id: string): Promise<RefreshTokenEntity | null> {
    return this.database.repository(RefreshTokenEntity).findOneBy({ id });
  }

  /** The end of a session's chain: the one token that still refreshes. */
  async findLeaf(sessionId: string): Promise<RefreshTokenEntity | null> {
    return this.database
      .repository(RefreshTokenEntity)
      .findOneBy({ sessionId, rotatedAt: IsNull(), revokedAt: IsNull() });
  }

  async markRotated(id: string, at: Date): Promise<void> {
    await this.database.repository(RefreshTokenEntity).update({ id }, { rotatedAt: at });
  }

  /** Revokes every token of the given sessions. */
  async revokeOfSessions(sessionIds: readonly string[], at: Date): Promise<void> {
    await this.database.query(
      'UPDATE refresh_tokens SET revoked_at = $2 WHERE session_id = ANY($1::uuid[]) AND revoked_at IS NULL',
      [sessionIds, at],
    );
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Sessions and the chain of refresh tokens inside each (02, 09 C2, C72; decisions "Sessions and tokens"). */
export class CreateSessions1760000101000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE sessions (
        id uuid NOT NULL,
        user_id uuid NOT NULL,
        is_remembered boolean NOT NULL DEFAULT false,
        ip_address inet,
        user_agent varchar(512),
        created_at timestamptz(3) NOT NULL,
        last_used_at timestamptz(3) NOT NULL,
        expires_at timestamptz(3) NOT NULL,
        revoked_at timestamptz(3),
        logout_reason text,
        CONSTRAINT sessions_pk PRIMARY KEY (id),
        CONSTRAINT sessions_user_fk FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
        CONSTRAINT sessions_logout_reason_ck CHECK (logout_reason IN ('manual', 'expired', 'forced', 'security')),
        CONSTRAINT sessions_revoked_ck CHECK ((revoked_at IS NULL) = (logout_reason IS NULL))
      )`);
    await queryRunner.query(`CREATE INDEX sessions_live_idx ON sessions (user_id) WHERE revoked_at IS NULL`);
    await queryRunner.query(`CREATE INDEX sessions_user_idx ON sessions (user_id)`);
    await queryRunner.query(`CREATE INDEX sessions_expires_at_idx ON sessions (expires_at)`);
    await queryRunner.query(`
      CREATE TABLE refresh_tokens (
        id uuid NOT NULL,
        session_id uuid NOT NULL,
        user_id uuid NOT NULL,
        parent_id uuid,
        token_hash bytea NOT NULL,
        created_at timestamptz(3) NOT NULL,
        expires_at timestamptz(3) NOT NULL,
        rotated_at timestamptz(3),
        revoked_at timestamptz(3),
        CONSTRAINT refresh_tokens_pk PRIMARY KEY (id),
        CONSTRAINT refresh_tokens_session_fk FOREIGN KEY (session_id) REFERENCES sessions (id) ON DELETE CASCADE,
        CONSTRAINT refresh_tokens_user_fk FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
        CONSTRAINT refresh_tokens_parent_fk FOREIGN KEY (parent_id) REFERENCES refresh_tokens (id) ON DELETE CASCADE,
        CONSTRAINT refresh_tokens_token_hash_ck CHECK (octet_length(token_hash) = 32)
      )`);
    await queryRunner.query(
      `CREATE UNIQUE INDEX refresh_tokens_token_hash_uq ON refresh_tokens (token_hash)`,
    );
    await queryRunner.query(`CREATE UNIQUE INDEX refresh_tokens_one_child_uq ON refresh_tokens (parent_id)`);
    await queryRunner.query(`
      CREATE UNIQUE INDEX refresh_tokens_one_leaf_uq ON refresh_tokens (session_id)
      WHERE rotated_at IS NULL AND revoked_at IS NULL`);
    await queryRunner.query(`CREATE INDEX refresh_tokens_session_idx ON refresh_tokens (session_id)`);
    await queryRunner.query(`CREATE INDEX refresh_tokens_user_idx ON refresh_tokens (user_id)`);
    await queryRunner.query(`CREATE INDEX refresh_tokens_expires_at_idx ON refresh_tokens (expires_at)`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE refresh_tokens`);
    await queryRunner.query(`DROP TABLE sessions`);
  }
}

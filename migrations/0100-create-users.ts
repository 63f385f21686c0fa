import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Accounts and profiles (02, decisions "Data"). A deleted user's name and address stay taken: the indexes are not partial. */
export class CreateUsers1760000100000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE users (
        id uuid NOT NULL,
        username varchar(50) NOT NULL,
        email varchar(255) NOT NULL,
        password_hash text,
        role text NOT NULL DEFAULT 'user',
        status text NOT NULL DEFAULT 'active',
        is_active boolean NOT NULL GENERATED ALWAYS AS (status = 'active') STORED,
        is_verified boolean NOT NULL DEFAULT false,
        token_version integer NOT NULL DEFAULT 1,
        login_attempts integer NOT NULL DEFAULT 0,
        locked_until timestamptz(3),
        last_login_at timestamptz(3),
        first_name varchar(100),
        last_name varchar(100),
        display_name varchar(100),
        bio varchar(500),
        avatar varchar(500),
        location varchar(100),
        website varchar(255),
        timezone varchar(64),
        language varchar(2),
        social_links jsonb NOT NULL DEFAULT '{}',
        skills text[] NOT NULL DEFAULT '{}',
        preferences jsonb NOT NULL DEFAULT '{}',
        created_at timestamptz(3) NOT NULL,
        updated_at timestamptz(3) NOT NULL,
        deleted_at timestamptz(3),
        CONSTRAINT users_pk PRIMARY KEY (id),
        CONSTRAINT users_username_ck CHECK (char_length(username) BETWEEN 3 AND 50),
        CONSTRAINT users_role_ck CHECK (role IN
          ('user', 'premium', 'creator', 'artist', 'producer', 'label', 'moderator', 'admin', 'super_admin')),
        CONSTRAINT users_status_ck CHECK (status IN ('active', 'inactive', 'suspended', 'banned', 'deleted')),
        CONSTRAINT users_deleted_ck CHECK ((status = 'deleted') = (deleted_at IS NOT NULL)),
        CONSTRAINT users_token_version_ck CHECK (token_version >= 1)
      )`);
    await queryRunner.query(`CREATE UNIQUE INDEX users_username_uq ON users (lower(username))`);
    await queryRunner.query(`CREATE UNIQUE INDEX users_email_uq ON users (lower(email))`);
    await queryRunner.query(`CREATE INDEX users_role_idx ON users (role)`);
    await queryRunner.query(`CREATE INDEX users_status_idx ON users (status)`);
    await queryRunner.query(`CREATE INDEX users_created_at_idx ON users (created_at DESC, id DESC)`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE users`);
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tracks with their processing states and the indexes of the public lists. */
export class Tracks1760000200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE tracks (
        id uuid CONSTRAINT tracks_pk PRIMARY KEY,
        user_id uuid NOT NULL CONSTRAINT tracks_user_fk REFERENCES users (id),
        title varchar(200) NOT NULL,
        artist varchar(100) NOT NULL,
        album varchar(200),
        genre varchar(50),
        description varchar(2000),
        tags text[] NOT NULL DEFAULT '{}',
        bpm smallint,
        musical_key varchar(4),
        license varchar(30) NOT NULL DEFAULT 'All Rights Reserved',
        is_public boolean NOT NULL DEFAULT true,
        is_downloadable boolean NOT NULL DEFAULT false,
        is_explicit boolean NOT NULL DEFAULT false,
        status varchar(12) NOT NULL,
        failure_code varchar(40),
        failure_message varchar(300),
        file_name varchar(255) NOT NULL,
        storage_key varchar(200) NOT NULL,
        temporary_key varchar(200),
        cover_key varchar(200),
        cover_mime_type varchar(30),
        sha256 char(64) NOT NULL,
        size_bytes bigint NOT NULL,
        format varchar(8) NOT NULL,
        codec varchar(40),
        duration_ms integer,
        bitrate_kbps integer,
        sample_rate_hz integer,
        channels smallint,
        stream_manifest_url varchar(2048),
        play_count bigint NOT NULL DEFAULT 0,
        like_count bigint NOT NULL DEFAULT 0,
        download_count bigint NOT NULL DEFAULT 0,
        share_count bigint NOT NULL DEFAULT 0,
        popularity bigint NOT NULL
          GENERATED ALWAYS AS (play_count + 5 * like_count + 3 * download_count + 3 * share_count) STORED,
        search_vector tsvector NOT NULL
          GENERATED ALWAYS AS (to_tsvector('simple', title || ' ' || artist)) STORED,
        created_at timestamptz(3) NOT NULL,
        updated_at timestamptz(3) NOT NULL,
        deleted_at timestamptz(3),
        CONSTRAINT tracks_status_ck CHECK (status IN ('uploading', 'processing', 'ready', 'failed')),
        CONSTRAINT tracks_ready_is_measured_ck CHECK (status <> 'ready' OR duration_ms > 0),
        CONSTRAINT tracks_failed_has_reason_ck CHECK (status <> 'failed' OR failure_code IS NOT NULL),
        CONSTRAINT tracks_size_ck CHECK (size_bytes > 0),
        CONSTRAINT tracks_bpm_ck CHECK (bpm BETWEEN 40 AND 300)
      )`);
    await runner.query(
      `CREATE INDEX tracks_user_created_idx ON tracks (user_id, created_at DESC, id DESC) WHERE deleted_at IS NULL`,
    );
    await runner.query(
      `CREATE INDEX tracks_processing_idx ON tracks (updated_at) WHERE status = 'processing'`,
    );
    const listed = `WHERE is_public AND status = 'ready' AND deleted_at IS NULL`;
    for (const [name, columns] of Object.entries(LIST_INDEXES)) {
      await runner.query(`CREATE INDEX tracks_listed_${name}_idx ON tracks ${columns} ${listed}`);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE tracks');
  }
}

const LIST_INDEXES: Record<string, string> = {
  created: '(created_at DESC, id DESC)',
  updated: '(updated_at DESC, id DESC)',
  title: '(lower(title), id)',
  artist: '(lower(artist), id)',
  duration: '(coalesce(duration_ms, 0), id)',
  plays: '(play_count DESC, id DESC)',
  likes: '(like_count DESC, id DESC)',
  popularity: '(popularity DESC, id DESC)',
  genre: '(genre, created_at DESC, id DESC)',
  tags: 'USING gin (tags)',
  search: 'USING gin (search_vector)',
};

import { Injectable } from '@nestjs/common';
import type { Paginated } from '../../common/pagination/index.js';
import { Database } from '../../infrastructure/database/index.js';
import { Conditions, ListReader, type ListPart, type ListQuery } from '../../infrastructure/lists/index.js';
import type { TrackDto } from './dto/track.dto.js';
import type { TrackSort } from './dto/list-tracks.query.dto.js';

/** What a list is asked for; `includeHidden` shows what only its owner may see. */
export interface TrackListFilter {
  artist?: string;
  genre?: string;
  tags?: string[];
  minDurationMs?: number;
  maxDurationMs?: number;
  search?: string;
  uploaderId?: string;
  format?: string;
  includeHidden: boolean;
}

const SORT_COLUMNS: Record<TrackSort, { sql: string; type: ListQuery<unknown>['sort']['type'] }> = {
  created_at: { sql: 'track.created_at', type: 'timestamptz' },
  updated_at: { sql: 'track.updated_at', type: 'timestamptz' },
  title: { sql: 'lower(track.title)', type: 'text' },
  artist: { sql: 'lower(track.artist)', type: 'text' },
  duration: { sql: 'coalesce(track.duration_ms, 0)', type: 'integer' },
  plays: { sql: 'track.play_count', type: 'bigint' },
  likes: { sql: 'track.like_count', type: 'bigint' },
  popularity: { sql: 'track.popularity', type: 'bigint' },
};

const LISTED = `track.is_public AND track.status = 'ready'`;

const COLUMNS = `
  track.id, track.user_id, track.title, track.artist, track.album, track.genre, track.description, track.tags,
  track.bpm, track.musical_key AS key, track.license, track.is_public, track.is_downloadable, track.is_explicit,
  track.status, track.failure_code, track.failure_message, track.format, track.size_bytes, track.duration_ms,
  track.bitrate_kbps, track.sample_rate_hz, track.channels, track.cover_key IS NOT NULL AS has_cover,
  track.stream_manifest_url, track.play_count, track.like_count, track.download_count, track.share_count,
  track.created_at, track.updated_at, owner.username, owner.display_name, owner.avatar`;

interface TrackRow extends Omit<
  TrackDto,
  | 'failure'
  | 'duration_seconds'
  | 'cover_url'
  | 'uploader'
  | 'created_at'
  | 'updated_at'
  | 'size_bytes'
  | 'play_count'
  | 'like_count'
  | 'download_count'
  | 'share_count'
> {
  failure_code: string | null;
  failure_message: string | null;
  duration_ms: number | null;
  has_cover: boolean;
  size_bytes: string;
  play_count: string;
  like_count: string;
  download_count: string;
  share_count: string;
  created_at: Date;
  updated_at: Date;
  username: string;
  display_name: string | null;
  avatar: string | null;
  sort_value?: string;
}

/** Reads of tracks for lists and details: plain rows from one SQL statement, without hydration. */
@Injectable()
export class TrackListsRepository {
  constructor(
    private readonly db: Database,
    private readonly lists: ListReader,
  ) {}

  /** One live track, whoever may see it; visibility is the service's to decide. */
  async findDetail(id: string): Promise<TrackDto | null> {
    const [row] = await this.db.query<TrackRow>(
      `SELECT ${COLUMNS} FROM tracks track JOIN users owner ON owner.id = track.user_id
       WHERE track.id = $1 AND track.deleted_at IS NULL`,
      [id],
    );
    return row === undefined ? null : toDto(row);
  }

  /** One part of a list. */
  async findPart(
    filter: TrackListFilter,
    sort: TrackSort,
    order: 'asc' | 'desc',
    part: ListPart,
  ): Promise<Paginated<TrackDto>> {
    const { sql, type } = SORT_COLUMNS[sort];
    const rows = await this.lists.read<TrackRow>(
      {
        scope: `tracks:${sort}:${order}`,
        select: `SELECT ${COLUMNS}, ${sql}::text AS sort_value FROM tracks track JOIN users owner ON owner.id = track.user_id`,
        conditions: conditionsOf(filter),
        sort: { column: sql, type, descending: order === 'desc', idColumn: 'track.id' },
        positionOf: (row) => [row.sort_value ?? '', row.id],
      },
      part,
    );
    return rows.map(toDto);
  }
}

function conditionsOf(filter: TrackListFilter): Conditions {
  const search = filter.search?.trim() === '' ? undefined : filter.search;
  const conditions = new Conditions().add('track.deleted_at IS NULL');
  if (!filter.includeHidden) conditions.add(LISTED);
  return conditions
    .addIf(filter.uploaderId, 'track.user_id = ?')
    .addIf(filter.artist, 'lower(track.artist) = lower(?)')
    .addIf(filter.genre, 'track.genre = ?')
    .addIf(filter.format, 'track.format = ?')
    .addIf(filter.tags, 'track.tags @> ?::text[]')
    .addIf(filter.minDurationMs, 'track.duration_ms >= ?')
    .addIf(filter.maxDurationMs, 'track.duration_ms <= ?')
    .addIf(search, `track.search_vector @@ plainto_tsquery('simple', ?)`);
}

function toDto(row: TrackRow): TrackDto {
  const { failure_code, failure_message, duration_ms, has_cover, username, display_name, avatar } = row;
  return {
    id: row.id,
    user_id: row.user_id,
    uploader: { id: row.user_id, username, display_name, avatar },
    title: row.title,
    artist: row.artist,
    album: row.album,
    genre: row.genre,
    description: row.description,
    tags: row.tags,
    bpm: row.bpm,
    key: row.key,
    license: row.license,
    is_public: row.is_public,
    is_downloadable: row.is_downloadable,
    is_explicit: row.is_explicit,
    status: row.status,
    ...(failure_code === null ? {} : { failure: { code: failure_code, message: failure_message ?? '' } }),
    format: row.format,
    size_bytes: Number(row.size_bytes),
    duration_seconds: duration_ms === null ? null : duration_ms / 1000,
    bitrate_kbps: row.bitrate_kbps,
    sample_rate_hz: row.sample_rate_hz,
    channels: row.channels,
    cover_url: has_cover ? `/api/v1/tracks/${row.id}/cover` : null,
    stream_manifest_url: row.stream_manifest_url,
    play_count: Number(row.play_count),
    like_count: Number(row.like_count),
    download_count: Number(row.download_count),
    share_count: Number(row.share_count),
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  };
}

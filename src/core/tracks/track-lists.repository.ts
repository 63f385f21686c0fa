import { Injectable } from '@nestjs/common';
import { Database } from '../../infrastructure/database/index.js';
import type { CursorValue } from '../../infrastructure/http/index.js';
import type { TrackDto } from './dto/track.dto.js';
import type { TrackSort } from './dto/list-tracks.query.dto.js';

/** What a list is asked for; `viewerId` set means "also what only this owner may see". */
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

/** Where a page begins: after a position, or by number. */
export type TrackListPage =
  { kind: 'cursor'; limit: number; after: CursorValue[] } | { kind: 'page'; limit: number; offset: number };

/** A row as the API shows it, with its position in the list. */
export interface TrackListRow {
  track: TrackDto;
  position: CursorValue[];
  total: number | null;
}

const SORT_COLUMNS: Record<TrackSort, { sql: string; type: string }> = {
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
  total?: string | null;
}

/** Reads of tracks for lists and details: plain rows from one SQL statement, without hydration. */
@Injectable()
export class TrackListsRepository {
  constructor(private readonly db: Database) {}

  /** One live track, whoever may see it; visibility is the service's to decide. */
  async findDetail(id: string): Promise<TrackDto | null> {
    const [row] = await this.db.query<TrackRow>(
      `SELECT ${COLUMNS} FROM tracks track JOIN users owner ON owner.id = track.user_id
       WHERE track.id = $1 AND track.deleted_at IS NULL`,
      [id],
    );
    return row === undefined ? null : toDto(row);
  }

  /** One page; with `kind: 'page'` the rows carry the total of the whole list. */
  async findPage(
    filter: TrackListFilter,
    sort: TrackSort,
    order: 'asc' | 'desc',
    page: TrackListPage,
  ): Promise<TrackListRow[]> {
    const parameters: unknown[] = [];
    const bind = (value: unknown): string => `$${String(parameters.push(value))}`;
    const conditions = conditionsOf(filter, bind);
    const where = conditions.join(' AND ');
    const { sql: column, type } = SORT_COLUMNS[sort];
    const total = page.kind === 'page' ? `, (SELECT count(*) FROM tracks track WHERE ${where}) AS total` : '';
    const after =
      page.kind === 'cursor'
        ? ` AND (${column}, track.id) ${order === 'asc' ? '>' : '<'} (${bind(page.after[0])}::${type}, ${bind(page.after[1])}::uuid)`
        : '';
    const offset = page.kind === 'page' ? ` OFFSET ${bind(page.offset)}` : '';
    const rows = await this.db.query<TrackRow>(
      `SELECT ${COLUMNS}, ${column}::text AS sort_value${total}
       FROM tracks track JOIN users owner ON owner.id = track.user_id
       WHERE ${where}${after}
       ORDER BY ${column} ${order}, track.id ${order} LIMIT ${bind(page.limit)}${offset}`,
      parameters,
    );
    return rows.map((row) => ({
      track: toDto(row),
      position: [row.sort_value ?? '', row.id],
      total: row.total == null ? null : Number(row.total),
    }));
  }

  /** The size of a list, for a page beyond its end, which has no row to carry it. */
  async count(filter: TrackListFilter): Promise<number> {
    const parameters: unknown[] = [];
    const where = conditionsOf(filter, (value) => `$${String(parameters.push(value))}`).join(' AND ');
    const [row] = await this.db.query<{ total: string }>(
      `SELECT count(*) AS total FROM tracks track WHERE ${where}`,
      parameters,
    );
    return Number(row?.total ?? 0);
  }
}

function conditionsOf(filter: TrackListFilter, bind: (value: unknown) => string): string[] {
  const conditions = ['track.deleted_at IS NULL'];
  if (!filter.includeHidden) conditions.push(LISTED);
  if (filter.uploaderId !== undefined) conditions.push(`track.user_id = ${bind(filter.uploaderId)}`);
  if (filter.artist !== undefined) conditions.push(`lower(track.artist) = lower(${bind(filter.artist)})`);
  if (filter.genre !== undefined) conditions.push(`track.genre = ${bind(filter.genre)}`);
  if (filter.format !== undefined) conditions.push(`track.format = ${bind(filter.format)}`);
  if (filter.tags !== undefined) conditions.push(`track.tags @> ${bind(filter.tags)}::text[]`);
  if (filter.minDurationMs !== undefined)
    conditions.push(`track.duration_ms >= ${bind(filter.minDurationMs)}`);
  if (filter.maxDurationMs !== undefined)
    conditions.push(`track.duration_ms <= ${bind(filter.maxDurationMs)}`);
  if (filter.search !== undefined && filter.search.trim() !== '') {
    conditions.push(`track.search_vector @@ plainto_tsquery('simple', ${bind(filter.search)})`);
  }
  return conditions;
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

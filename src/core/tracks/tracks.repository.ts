import { Injectable } from '@nestjs/common';
import { Database } from '../../infrastructure/database/index.js';
import type { AudioAnalysis } from './media/index.js';
import type { TrackVisibility } from './track-access.js';
import { TrackEntity } from './track.entity.js';

/** The owner and state of a track, for modules that sell or list it. */
export interface TrackOwner {
  ownerId: string;
  status: TrackEntity['status'];
  title: string;
}

/** Writes and simple reads of tracks; the lists have a repository of their own. */
@Injectable()
export class TracksRepository {
  constructor(private readonly db: Database) {}

  async insert(track: TrackEntity): Promise<void> {
    await this.db.repository(TrackEntity).insert(track);
  }

  /** The row, deleted ones included. */
  async findAny(id: string): Promise<TrackEntity | null> {
    return this.db.repository(TrackEntity).findOneBy({ id });
  }

  /** Locks a live row until the transaction ends. */
  async findForUpdate(id: string): Promise<TrackEntity | null> {
    return this.db
      .repository(TrackEntity)
      .createQueryBuilder('track')
      .where('track.id = :id AND track.deleted_at IS NULL', { id })
      .setLock('pessimistic_write')
      .getOne();
  }

  async findVisibility(id: string): Promise<TrackVisibility | null> {
    const [row] = await this.db.query<TrackVisibility>(
      `SELECT id, user_id AS "userId", is_public AS "isPublic", status
       FROM tracks WHERE id = $1 AND deleted_at IS NULL`,
      [id],
    );
    return row ?? null;
  }

  /** Owners of a set of live tracks at once; absent ones are not in the map. */
  async findOwners(ids: readonly string[]): Promise<Map<string, TrackOwner>> {
    const rows = await this.db.query<TrackOwner & { id: string }>(
      `SELECT id, user_id AS "ownerId", status, title FROM tracks WHERE id = ANY($1) AND deleted_at IS NULL`,
      [ids],
    );
    return new Map(rows.map(({ id, ...owner }) => [id, owner]));
  }

  /** Those of the tracks that are not deleted, each kept from it until the caller's transaction ends. */
  async holdLive(ids: readonly string[]): Promise<string[]> {
    const rows = await this.db.query<{ id: string }>(
      'SELECT id FROM tracks WHERE id = ANY($1) AND deleted_at IS NULL ORDER BY id FOR SHARE',
      [ids],
    );
    return rows.map(({ id }) => id);
  }

  /** Titles of a set of tracks, deleted ones included. */
  async findTitles(ids: readonly string[]): Promise<Map<string, string>> {
    const rows = await this.db.query<{ id: string; title: string }>(
      'SELECT id, title FROM tracks WHERE id = ANY($1)',
      [ids],
    );
    return new Map(rows.map(({ id, title }) => [id, title]));
  }

  async save(track: TrackEntity): Promise<void> {
    await this.db.repository(TrackEntity).save(track);
  }

  async markPublished(id: string): Promise<void> {
    await this.db.query('UPDATE tracks SET temporary_key = NULL WHERE id = $1', [id]);
  }

  /**
   * `processing → ready` with what was measured.
   * @returns false when the track is no longer processing
   */
  async markReady(
    id: string,
    analysis: AudioAnalysis,
    cover: { key: string; mimeType: string } | null,
    at: Date,
  ): Promise<boolean> {
    const rows = await this.db.query(
      `UPDATE tracks SET status = 'ready', codec = $2, duration_ms = $3, bitrate_kbps = $4, sample_rate_hz = $5,
         channels = $6, album = coalesce(album, $7), genre = coalesce(genre, $8), bpm = coalesce(bpm, $9),
         musical_key = coalesce(musical_key, $10), cover_key = coalesce(cover_key, $11),
         cover_mime_type = CASE WHEN cover_key IS NULL THEN $12 ELSE cover_mime_type END, updated_at = $13
       WHERE id = $1 AND status = 'processing' RETURNING id`,
      [
        id,
        analysis.codec,
        analysis.durationMs,
        Math.round(analysis.bitrateKbps),
        analysis.sampleRateHz,
        analysis.channels,
        analysis.tags.album?.slice(0, 200) ?? null,
        analysis.tags.genre?.slice(0, 50) ?? null,
        plausibleBpm(analysis.tags.bpm),
        plausibleKey(analysis.tags.key),
        cover?.key ?? null,
        cover?.mimeType ?? null,
        at,
      ],
    );
    return rows.length === 1;
  }

  /** `processing → ready` with the length that the stream server measured (09 C57). */
  async markReadyByStreamServer(
    id: string,
    durationMs: number,
    manifestUrl: string | null,
    at: Date,
  ): Promise<boolean> {
    const rows = await this.db.query(
      `UPDATE tracks SET status = 'ready', duration_ms = $2, stream_manifest_url = coalesce($3, stream_manifest_url),
         updated_at = $4
       WHERE id = $1 AND status = 'processing' RETURNING id`,
      [id, durationMs, manifestUrl, at],
    );
    return rows.length === 1;
  }

  /** `processing → failed` with a reason. */
  async markFailed(id: string, code: string, message: string, at: Date): Promise<boolean> {
    const rows = await this.db.query(
      `UPDATE tracks SET status = 'failed', failure_code = $2, failure_message = $3, updated_at = $4
       WHERE id = $1 AND status = 'processing' RETURNING id`,
      [id, code, message.slice(0, 300), at],
    );
    return rows.length === 1;
  }

  async setManifest(id: string, manifestUrl: string, at: Date): Promise<void> {
    await this.db.query(
      `UPDATE tracks SET stream_manifest_url = $2, updated_at = $3
       WHERE id = $1 AND stream_manifest_url IS DISTINCT FROM $2`,
      [id, manifestUrl, at],
    );
  }

  async softDelete(id: string, at: Date): Promise<void> {
    await this.db.query(
      'UPDATE tracks SET deleted_at = $2, updated_at = $2 WHERE id = $1 AND deleted_at IS NULL',
      [id, at],
    );
  }

  async countDownload(id: string): Promise<void> {
    await this.db.query('UPDATE tracks SET download_count = download_count + 1 WHERE id = $1', [id]);
  }

  /**
   * Tracks that have been processing since before a moment and whose media job is neither live nor queued
   * (design/decisions.md: such a job makes it no orphan).
   */
  async findStuck(before: Date, limit: number): Promise<{ id: string }[]> {
    return this.db.query<{ id: string }>(
      `SELECT track.id FROM tracks track
       WHERE track.status = 'processing' AND track.updated_at < $1
         AND NOT EXISTS (
           SELECT 1 FROM outbox_deliveries delivery JOIN outbox_events event ON event.id = delivery.event_id
           WHERE event.type = 'track.uploaded' AND event.aggregate_id = track.id::text
             AND delivery.done_at IS NULL AND delivery.dead_at IS NULL)
       ORDER BY track.updated_at LIMIT $2`,
      [before, limit],
    );
  }

  /** Of a set of temporary keys those that a processing track still needs. */
  async findNeededTemporaryKeys(keys: readonly string[]): Promise<Set<string>> {
    const rows = await this.db.query<{ key: string }>(
      `SELECT temporary_key AS key FROM tracks WHERE temporary_key = ANY($1) AND status = 'processing'`,
      [keys],
    );
    return new Set(rows.map((row) => row.key));
  }
}

function plausibleBpm(bpm: number | undefined): number | null {
  return bpm !== undefined && bpm >= 40 && bpm <= 300 ? Math.round(bpm) : null;
}

function plausibleKey(key: string | undefined): string | null {
  return key !== undefined && /^[A-G][#b]?m?$/.test(key) ? key : null;
}

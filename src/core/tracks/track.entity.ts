import { Column, Entity, PrimaryColumn } from 'typeorm';
import { bigintTransformer } from '../../infrastructure/database/index.js';
import type { AudioFormat } from './media/index.js';
import type { TrackStatus } from './track-states.js';

/** An uploaded recording. Money and licences live in the marketplace; here is the file and what it is. */
@Entity('tracks')
export class TrackEntity {
  @PrimaryColumn('uuid')
  id: string;

  @Column('uuid', { name: 'user_id' })
  userId: string;

  @Column('varchar')
  title: string;

  @Column('varchar')
  artist: string;

  @Column('varchar', { nullable: true })
  album: string | null;

  @Column('varchar', { nullable: true })
  genre: string | null;

  @Column('varchar', { nullable: true })
  description: string | null;

  @Column('text', { array: true })
  tags: string[];

  @Column('smallint', { nullable: true })
  bpm: number | null;

  @Column('varchar', { name: 'musical_key', nullable: true })
  key: string | null;

  @Column('varchar')
  license: string;

  @Column('boolean', { name: 'is_public' })
  isPublic: boolean;

  @Column('boolean', { name: 'is_downloadable' })
  isDownloadable: boolean;

  @Column('boolean', { name: 'is_explicit' })
  isExplicit: boolean;

  @Column('varchar')
  status: TrackStatus;

  @Column('varchar', { name: 'failure_code', nullable: true })
  failureCode: string | null;

  @Column('varchar', { name: 'failure_message', nullable: true })
  failureMessage: string | null;

  @Column('varchar', { name: 'file_name' })
  fileName: string;

  @Column('varchar', { name: 'storage_key' })
  storageKey: string;

  /** Where the file lies until it is published; null afterwards. */
  @Column('varchar', { name: 'temporary_key', nullable: true })
  temporaryKey: string | null;

  @Column('varchar', { name: 'cover_key', nullable: true })
  coverKey: string | null;

  @Column('varchar', { name: 'cover_mime_type', nullable: true })
  coverMimeType: string | null;

  @Column('char')
  sha256: string;

  @Column('bigint', { name: 'size_bytes', transformer: bigintTransformer })
  sizeBytes: number;

  @Column('varchar')
  format: AudioFormat;

  @Column('varchar', { nullable: true })
  codec: string | null;

  @Column('integer', { name: 'duration_ms', nullable: true })
  durationMs: number | null;

  @Column('integer', { name: 'bitrate_kbps', nullable: true })
  bitrateKbps: number | null;

  @Column('integer', { name: 'sample_rate_hz', nullable: true })
  sampleRateHz: number | null;

  @Column('smallint', { nullable: true })
  channels: number | null;

  @Column('varchar', { name: 'stream_manifest_url', nullable: true })
  streamManifestUrl: string | null;

  @Column('timestamptz', { name: 'created_at' })
  createdAt: Date;

  @Column('timestamptz', { name: 'updated_at' })
  updatedAt: Date;

  @Column('timestamptz', { name: 'deleted_at', nullable: true })
  deletedAt: Date | null;
}

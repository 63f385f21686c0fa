import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { TRACK_STATUSES, type TrackStatus } from '../track-states.js';

/** Who uploaded a track. */
export class TrackUploaderDto {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty()
  username: string;

  @ApiProperty({ type: String, nullable: true })
  display_name: string | null;

  @ApiProperty({ type: String, nullable: true })
  avatar: string | null;
}

/** Why a track could not be processed; only its owner sees it. */
export class TrackFailureDto {
  @ApiProperty({ example: 'TRUNCATED' })
  code: string;

  @ApiProperty()
  message: string;
}

/** A track as the API shows it (01 1.3, 09 C74). */
export class TrackDto {
  @ApiProperty({ format: 'uuid' })
  id: string;

  @ApiProperty({ format: 'uuid' })
  user_id: string;

  @ApiProperty({ type: TrackUploaderDto })
  uploader: TrackUploaderDto;

  @ApiProperty()
  title: string;

  @ApiProperty()
  artist: string;

  @ApiProperty({ type: String, nullable: true })
  album: string | null;

  @ApiProperty({ type: String, nullable: true })
  genre: string | null;

  @ApiProperty({ type: String, nullable: true })
  description: string | null;

  @ApiProperty({ type: [String] })
  tags: string[];

  @ApiProperty({ type: 'integer', nullable: true })
  bpm: number | null;

  @ApiProperty({ type: String, nullable: true })
  key: string | null;

  @ApiProperty()
  license: string;

  @ApiProperty()
  is_public: boolean;

  @ApiProperty()
  is_downloadable: boolean;

  @ApiProperty()
  is_explicit: boolean;

  @ApiProperty({ enum: TRACK_STATUSES })
  status: TrackStatus;

  @ApiPropertyOptional({ type: TrackFailureDto })
  failure?: TrackFailureDto;

  @ApiProperty()
  format: string;

  @ApiProperty({ type: 'integer' })
  size_bytes: number;

  @ApiProperty({ type: Number, nullable: true, description: 'What can really be decoded, in seconds' })
  duration_seconds: number | null;

  @ApiProperty({ type: Number, nullable: true })
  bitrate_kbps: number | null;

  @ApiProperty({ type: 'integer', nullable: true })
  sample_rate_hz: number | null;

  @ApiProperty({ type: 'integer', nullable: true })
  channels: number | null;

  @ApiProperty({ type: String, nullable: true })
  cover_url: string | null;

  @ApiProperty({ type: String, nullable: true })
  stream_manifest_url: string | null;

  @ApiProperty({ type: 'integer' })
  play_count: number;

  @ApiProperty({ type: 'integer' })
  like_count: number;

  @ApiProperty({ type: 'integer' })
  download_count: number;

  @ApiProperty({ type: 'integer' })
  share_count: number;

  @ApiProperty({ format: 'date-time' })
  created_at: string;

  @ApiProperty({ format: 'date-time' })
  updated_at: string;
}

/** Where a track can be listened to. */
export class TrackStreamDto {
  @ApiProperty({ format: 'uuid' })
  track_id: string;

  @ApiProperty({ description: 'Signed; carries the bytes with Range' })
  stream_url: string;

  @ApiProperty({ format: 'date-time' })
  expires_at: string;

  @ApiProperty({ enum: ['original'] })
  quality: 'original';

  @ApiProperty()
  format: string;

  @ApiProperty({ type: Number, nullable: true, description: 'kbit/s' })
  bitrate: number | null;

  @ApiProperty({ description: 'Seconds' })
  duration: number;
}

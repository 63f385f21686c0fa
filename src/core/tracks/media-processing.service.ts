import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../common/time/index.js';
import { AppConfig } from '../../infrastructure/config/index.js';
import { Storage } from '../../infrastructure/storage/index.js';
import { type AudioAnalysis, AudioAnalyzer, MediaRejected } from './media/index.js';
import type { TrackEntity } from './track.entity.js';
import { TracksRepository } from './tracks.repository.js';

/** The embedded media worker: publishes the file and measures what it really holds (09 C57). */
@Injectable()
export class MediaProcessingService {
  private readonly logger = new Logger(MediaProcessingService.name);

  constructor(
    private readonly tracks: TracksRepository,
    private readonly analyzer: AudioAnalyzer,
    private readonly storage: Storage,
    private readonly clock: Clock,
    private readonly config: AppConfig,
  ) {}

  /**
   * Takes a track from `processing` to `ready` or `failed` with a reason. Doing it again changes nothing.
   * With MEDIA_PROCESSOR=external the file is only published; the stream server reports the rest.
   */
  async process(trackId: string, signal: AbortSignal): Promise<void> {
    const track = await this.tracks.findAny(trackId);
    if (track?.status !== 'processing') return;
    await this.publish(track);
    if (this.config.get('MEDIA_PROCESSOR') === 'external') return;
    try {
      const path = await this.storage.localPath(track.storageKey);
      const maxDurationMs = this.config.get('MAX_TRACK_DURATION');
      await this.finish(track, await this.analyzer.analyze(path, { signal, maxDurationMs }));
    } catch (error) {
      if (!(error instanceof MediaRejected)) throw error;
      await this.reject(track, error);
    }
  }

  private async publish(track: TrackEntity): Promise<void> {
    if (track.temporaryKey === null) return;
    await this.storage.publish(track.temporaryKey, track.storageKey);
    await this.tracks.markPublished(track.id);
  }

  private async finish(track: TrackEntity, analysis: AudioAnalysis): Promise<void> {
    const cover = track.coverKey === null ? await this.storeCover(track.id, analysis) : null;
    const isReady = await this.tracks.markReady(track.id, analysis, cover, this.clock.now());
    if (isReady)
      this.logger.log(`Track ${track.id} is ready: ${analysis.codec}, ${String(analysis.durationMs)} ms`);
  }

  private async storeCover(
    trackId: string,
    { cover }: AudioAnalysis,
  ): Promise<{ key: string; mimeType: string } | null> {
    if (cover === undefined) return null;
    const key = `tracks/${trackId}/cover`;
    await this.storage.putBuffer(key, cover.data);
    return { key, mimeType: cover.mimeType };
  }

  private async reject(track: TrackEntity, { code, message }: MediaRejected): Promise<void> {
    await this.tracks.markFailed(track.id, code, message, this.clock.now());
    await this.storage.delete(track.storageKey);
    this.logger.log(`Track ${track.id} failed: ${code}`);
  }
}

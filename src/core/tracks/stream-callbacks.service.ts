import { Injectable } from '@nestjs/common';
import { validationFailed } from '../../common/errors/index.js';
import { Clock } from '../../common/time/index.js';
import { AppConfig } from '../../infrastructure/config/index.js';
import type { StreamReadyDto } from './dto/stream-ready.dto.js';
import { trackNotFound } from './tracks.errors.js';
import { TracksRepository } from './tracks.repository.js';

/** What the stream server reports about a track (S0). Reporting the same again changes nothing. */
@Injectable()
export class StreamCallbacksService {
  private readonly isExternal: boolean;

  constructor(
    private readonly tracks: TracksRepository,
    private readonly clock: Clock,
    config: AppConfig,
  ) {
    this.isExternal = config.get('MEDIA_PROCESSOR') === 'external';
  }

  /**
   * With MEDIA_PROCESSOR=external the report ends the processing; otherwise it only tells where the stream
   * is, because the embedded worker measures the file itself (09 C57).
   */
  async report(
    trackId: string,
    { status, stream_manifest_url, duration_seconds, error }: StreamReadyDto,
  ): Promise<void> {
    const track = await this.tracks.findAny(trackId);
    if (track === null || track.deletedAt !== null) throw trackNotFound();
    const now = this.clock.now();
    if (status === 'failed') {
      if (this.isExternal)
        await this.tracks.markFailed(trackId, 'STREAM_SERVER_FAILED', error ?? 'Processing failed', now);
      return;
    }
    if (this.isExternal && track.status === 'processing') {
      if (duration_seconds == null) {
        throw validationFailed([{ field: 'duration_seconds', message: 'is required with status ready' }]);
      }
      await this.tracks.markReadyByStreamServer(
        trackId,
        Math.round(duration_seconds * 1000),
        stream_manifest_url ?? null,
        now,
      );
      return;
    }
    if (stream_manifest_url != null) await this.tracks.setManifest(trackId, stream_manifest_url, now);
  }
}

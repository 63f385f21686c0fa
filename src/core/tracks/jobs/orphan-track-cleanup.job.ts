import { Logger } from '@nestjs/common';
import { Clock } from '../../../common/time/index.js';
import { AppConfig } from '../../../infrastructure/config/index.js';
import { type JobRun, ScheduledJob } from '../../../infrastructure/scheduling/index.js';
import { Storage } from '../../../infrastructure/storage/index.js';
import { TracksRepository } from '../tracks.repository.js';

const BATCH = 200;
/** An upload that still writes touches its file; one that has not for an hour is over. */
const MIN_TEMPORARY_AGE_MS = 3_600_000;

/**
 * Ends tracks that hang in processing (S0, hourly): after ORPHAN_TRACK_TIMEOUT without a live or queued job a
 * track becomes `failed` with `ORPHANED` and its files go; temporary files that no track needs go too.
 */
@ScheduledJob({
  id: 'orphan-track-cleanup',
  cron: '0 * * * *',
  timeoutMs: 600_000,
  description: 'Ends tracks stuck in processing and removes their files and forgotten temporary files',
})
export class OrphanTrackCleanupJob implements JobRun {
  private readonly logger = new Logger(OrphanTrackCleanupJob.name);

  constructor(
    private readonly tracks: TracksRepository,
    private readonly storage: Storage,
    private readonly clock: Clock,
    private readonly config: AppConfig,
  ) {}

  async run({ signal }: { signal: AbortSignal }): Promise<Record<string, number>> {
    const counts = { tracks_failed: 0, track_files_removed: 0, temporary_files_removed: 0 };
    await this.failOrphans(counts, signal);
    await this.sweepTemporaryFiles(counts, signal);
    return counts;
  }

  private async failOrphans(
    counts: { tracks_failed: number; track_files_removed: number },
    signal: AbortSignal,
  ) {
    const before = new Date(this.clock.now().getTime() - this.config.get('ORPHAN_TRACK_TIMEOUT'));
    for (;;) {
      const stuck = await this.tracks.findStuck(before, BATCH);
      for (const { id } of stuck) {
        if (signal.aborted) return;
        const hasFailed = await this.tracks.markFailed(
          id,
          'ORPHANED',
          'Processing was interrupted; please upload the track again',
          this.clock.now(),
        );
        if (!hasFailed) continue;
        counts.tracks_failed += 1;
        counts.track_files_removed += await this.removeFiles(id);
        this.logger.warn(`Track ${id} was stuck in processing and is now failed (ORPHANED)`);
      }
      if (stuck.length < BATCH) return;
    }
  }

  private async removeFiles(trackId: string): Promise<number> {
    let removed = 0;
    for (const key of [`tmp/${trackId}`, `tracks/${trackId}`]) {
      if ((await this.storage.stat(key)) === null) continue;
      await this.storage.delete(key);
      removed += 1;
    }
    return removed;
  }

  private async sweepTemporaryFiles(counts: { temporary_files_removed: number }, signal: AbortSignal) {
    const ageMs = Math.max(this.config.get('ORPHAN_TRACK_TIMEOUT'), MIN_TEMPORARY_AGE_MS);
    const keys = await this.storage.listTemporary(new Date(this.clock.now().getTime() - ageMs));
    const needed = await this.tracks.findNeededTemporaryKeys(keys);
    for (const key of keys) {
      if (signal.aborted) return;
      if (needed.has(key)) continue;
      await this.storage.delete(key);
      counts.temporary_files_removed += 1;
    }
  }
}

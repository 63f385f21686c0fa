import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/time/index.js';
import { Transactional } from '../../infrastructure/database/index.js';
import { OutboxWriter } from '../../infrastructure/events/index.js';
import type { TrackEntity } from './track.entity.js';
import { trackUploaded } from './tracks.events.js';
import { TracksRepository } from './tracks.repository.js';

/** A received track; the registrar dates it. */
export type NewTrack = Omit<TrackEntity, 'createdAt' | 'updatedAt'>;

/** Commits a received track together with the event that has it processed. */
@Injectable()
export class TrackRegistrar {
  constructor(
    private readonly tracks: TracksRepository,
    private readonly outbox: OutboxWriter,
    private readonly clock: Clock,
  ) {}

  @Transactional()
  async register(track: NewTrack): Promise<void> {
    const now = this.clock.now();
    await this.tracks.insert({ ...track, createdAt: now, updatedAt: now });
    await this.outbox.append(trackUploaded, { aggregateId: track.id, payload: { trackId: track.id } });
  }
}

import { Injectable } from '@nestjs/common';
import { Transactional } from '../../infrastructure/database/index.js';
import { OutboxWriter } from '../../infrastructure/events/index.js';
import type { TrackEntity } from './track.entity.js';
import { trackUploaded } from './tracks.events.js';
import { TracksRepository } from './tracks.repository.js';

/** Commits a received track together with the event that has it processed. */
@Injectable()
export class TrackRegistrar {
  constructor(
    private readonly tracks: TracksRepository,
    private readonly outbox: OutboxWriter,
  ) {}

  @Transactional()
  async register(track: TrackEntity): Promise<void> {
    await this.tracks.insert(track);
    await this.outbox.append(trackUploaded, { aggregateId: track.id, payload: { trackId: track.id } });
  }
}

import {
  type DeliveredEvent,
  type EventHandler,
  OutboxHandler,
} from '../../../infrastructure/events/index.js';
import { MediaProcessingService } from '../media-processing.service.js';
import { trackUploaded } from '../tracks.events.js';

/** Runs the media worker under the outbox's lease; after five crashes the orphan job ends the track. */
@OutboxHandler(trackUploaded, 'tracks.process-media', {
  lane: 'media',
  maxAttempts: 5,
  backoff: [2, 10, 60, 300],
})
export class ProcessMediaHandler implements EventHandler<{ trackId: string }> {
  constructor(private readonly media: MediaProcessingService) {}

  handle({ payload, signal }: DeliveredEvent<{ trackId: string }>): Promise<void> {
    return this.media.process(payload.trackId, signal);
  }
}

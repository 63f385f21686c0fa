import {
  type DeliveredEvent,
  type EventHandler,
  OutboxHandler,
} from '../../../infrastructure/events/index.js';
import { Storage } from '../../../infrastructure/storage/index.js';
import { TrackAccessRules } from '../track-access.js';
import { trackDeleted } from '../tracks.events.js';

/** Deletes the files of a deleted track, unless somebody bought them. */
@OutboxHandler(trackDeleted, 'tracks.remove-files')
export class RemoveFilesHandler implements EventHandler<{ trackId: string }> {
  constructor(
    private readonly rules: TrackAccessRules,
    private readonly storage: Storage,
  ) {}

  async handle({ payload: { trackId } }: DeliveredEvent<{ trackId: string }>): Promise<void> {
    if (await this.rules.mustKeepFiles(trackId)) return;
    await this.storage.delete(`tmp/${trackId}`);
    await this.storage.delete(`tracks/${trackId}`);
  }
}

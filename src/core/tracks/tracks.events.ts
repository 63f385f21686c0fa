import { defineEvent } from '../../infrastructure/events/index.js';

/** A file was received whole; its analysis is due. */
export const trackUploaded = defineEvent<{ trackId: string }>({
  type: 'track.uploaded',
  handlers: ['tracks.process-media'],
});

/** The owner deleted a track; its files may go unless a buyer still holds them. */
export const trackDeleted = defineEvent<{ trackId: string }>({
  type: 'track.deleted',
  handlers: ['tracks.remove-files'],
});

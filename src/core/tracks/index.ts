export { mimeTypeOf } from './media/index.js';
export { TrackAccessRules, type TrackAccessRule, type TrackRetentionRule } from './track-access.js';
export { TrackEntity } from './track.entity.js';
export { trackNotFound } from './tracks.errors.js';
export { TracksModule } from './tracks.module.js';
export type { TrackOwner } from './tracks.repository.js';
export { TracksService } from './tracks.service.js';

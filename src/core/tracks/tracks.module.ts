import { Module } from '@nestjs/common';
import { InternalTracksController } from './internal-tracks.controller.js';
import { OrphanTrackCleanupJob } from './jobs/orphan-track-cleanup.job.js';
import { ProcessMediaHandler } from './jobs/process-media.handler.js';
import { RemoveFilesHandler } from './jobs/remove-files.handler.js';
import { MediaProcessingService } from './media-processing.service.js';
import { AudioAnalyzer } from './media/index.js';
import { StreamBytesController } from './stream-bytes.controller.js';
import { StreamCallbacksService } from './stream-callbacks.service.js';
import { TrackAccessRules } from './track-access.js';
import { TrackFilesController } from './track-files.controller.js';
import { TrackListsRepository } from './track-lists.repository.js';
import { TrackOwnershipResolver } from './track-ownership.resolver.js';
import { TrackRegistrar } from './track-registrar.js';
import { TrackStreamsService } from './track-streams.service.js';
import { TrackUploadsService } from './track-uploads.service.js';
import { TracksController } from './tracks.controller.js';
import { TracksRepository } from './tracks.repository.js';
import { TracksService } from './tracks.service.js';
import { UploadForm } from './upload-form.js';
import { UploadSlots } from './upload-slots.js';

/** Upload, processing, listening and ownership of tracks. */
@Module({
  controllers: [TracksController, TrackFilesController, StreamBytesController, InternalTracksController],
  providers: [
    AudioAnalyzer,
    MediaProcessingService,
    OrphanTrackCleanupJob,
    ProcessMediaHandler,
    RemoveFilesHandler,
    StreamCallbacksService,
    TrackAccessRules,
    TrackListsRepository,
    TrackOwnershipResolver,
    TrackRegistrar,
    TrackStreamsService,
    TrackUploadsService,
    TracksRepository,
    TracksService,
    UploadForm,
    UploadSlots,
  ],
  exports: [TracksService, TrackAccessRules],
})
export class TracksModule {}

import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { newId } from '../../common/ids/index.js';
import { VirusScanner } from '../../infrastructure/antivirus/index.js';
import { Metrics } from '../../infrastructure/metrics/index.js';
import { describeError, validateBody } from '../../infrastructure/http/index.js';
import type { RequestUser } from '../../infrastructure/http/access/index.js';
import { Storage } from '../../infrastructure/storage/index.js';
import { CreateTrackDto } from './dto/write-track.dto.js';
import { type NewTrack, TrackRegistrar } from './track-registrar.js';
import { fileInfected } from './tracks.errors.js';
import { type FormTargets, type ReceivedForm, UploadForm } from './upload-form.js';
import { UploadSlots } from './upload-slots.js';

/** Receives a new track: bytes first, then the row with its event in one transaction. */
@Injectable()
export class TrackUploadsService {
  constructor(
    private readonly slots: UploadSlots,
    private readonly form: UploadForm,
    private readonly scanner: VirusScanner,
    private readonly storage: Storage,
    private readonly registrar: TrackRegistrar,
    private readonly metrics: Metrics,
  ) {}

  /**
   * Stores the upload and answers the id of a track in state `processing`. Refusals leave neither file nor
   * row: 400 for the form, 413 for the size, 422 for the content, 503 when slots or the scanner are missing.
   */
  async upload(request: FastifyRequest, user: RequestUser): Promise<string> {
    await this.scanner.assertReady();
    return this.slots.use(async () => {
      const id = newId();
      const targets = { audioKey: `tmp/${id}`, artworkKey: `tmp/${id}-artwork` };
      try {
        const form = await this.form.receive(request, targets);
        const fields = await validateBody(CreateTrackDto, form.fields);
        await this.scan(targets.audioKey);
        if (form.artwork !== null) await this.scan(targets.artworkKey);
        const coverKey = await this.publishArtwork(id, form, targets);
        await this.registrar.register(this.trackOf(id, fields, form, targets, coverKey, user));
        this.metrics.trackUploaded();
        this.metrics.fileUploaded('audio');
        if (coverKey !== null) this.metrics.fileUploaded('artwork');
        return id;
      } catch (error) {
        await this.discard(id, targets);
        this.metrics.uploadFailed(describeError(error).code);
        throw error;
      }
    });
  }

  private async scan(key: string): Promise<void> {
    const verdict = await this.scanner.scan(await this.storage.localPath(key));
    if (verdict === 'infected') throw fileInfected();
  }

  private async publishArtwork(id: string, form: ReceivedForm, targets: FormTargets): Promise<string | null> {
    if (form.artwork === null) return null;
    const key = `tracks/${id}/artwork`;
    await this.storage.publish(targets.artworkKey, key);
    return key;
  }

  private async discard(id: string, targets: FormTargets): Promise<void> {
    await this.storage.delete(targets.audioKey);
    await this.storage.delete(targets.artworkKey);
    await this.storage.delete(`tracks/${id}`);
  }

  private trackOf(
    id: string,
    fields: CreateTrackDto,
    { audio, artwork }: ReceivedForm,
    targets: FormTargets,
    coverKey: string | null,
    user: RequestUser,
  ): NewTrack {
    return {
      id,
      userId: user.id,
      title: fields.title,
      artist: fields.artist ?? user.username,
      album: fields.album ?? null,
      genre: fields.genre ?? null,
      description: fields.description ?? null,
      tags: fields.tags ?? [],
      bpm: fields.bpm ?? null,
      key: fields.key ?? null,
      license: fields.license ?? 'All Rights Reserved',
      isPublic: fields.is_public ?? true,
      isDownloadable: fields.is_downloadable ?? false,
      isExplicit: fields.is_explicit ?? false,
      status: 'processing',
      failureCode: null,
      failureMessage: null,
      fileName: audio.fileName,
      storageKey: `tracks/${id}/original.${audio.format}`,
      temporaryKey: targets.audioKey,
      coverKey,
      coverMimeType: artwork?.mimeType ?? null,
      sha256: audio.sha256,
      sizeBytes: audio.sizeBytes,
      format: audio.format,
      codec: null,
      durationMs: null,
      bitrateKbps: null,
      sampleRateHz: null,
      channels: null,
      streamManifestUrl: null,
      deletedAt: null,
    };
  }
}

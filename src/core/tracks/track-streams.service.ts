import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { RequestUser } from '../../infrastructure/http/access/index.js';
import {
  ANY_VIEWER,
  FileResponse,
  UrlSigner,
  type UrlSignature,
} from '../../infrastructure/storage/index.js';
import type { TrackStreamDto } from './dto/track.dto.js';
import { mimeTypeOf } from './media/index.js';
import { TrackAccessRules, isListed } from './track-access.js';
import type { TrackEntity } from './track.entity.js';
import {
  downloadNotAllowed,
  streamLinkInvalid,
  trackNotFound,
  trackNotPlayable,
  trackProcessing,
} from './tracks.errors.js';
import { TracksRepository } from './tracks.repository.js';

const streamKey = (trackId: string): string => `stream/${trackId}`;

/** Hands out stream links and serves the bytes of tracks. */
@Injectable()
export class TrackStreamsService {
  constructor(
    private readonly tracks: TracksRepository,
    private readonly access: TrackAccessRules,
    private readonly signer: UrlSigner,
    private readonly files: FileResponse,
  ) {}

  /** A signed link to the bytes (design/decisions.md); of a public track for everybody, else for this caller. */
  async createStreamLink(id: string, user: RequestUser | undefined): Promise<TrackStreamDto> {
    const track = await this.getVisible(id, user);
    assertPlayable(track);
    const viewer = track.isPublic ? ANY_VIEWER : (user?.id ?? ANY_VIEWER);
    const { exp, sub, sig } = this.signer.sign(streamKey(id), viewer);
    const query = new URLSearchParams({ exp: String(exp), sub, sig });
    return {
      track_id: id,
      stream_url: `/stream/${id}?${query.toString()}`,
      expires_at: new Date(exp * 1000).toISOString(),
      quality: 'original',
      format: track.format,
      bitrate: track.bitrateKbps,
      duration: (track.durationMs ?? 0) / 1000,
    };
  }

  /** The bytes behind a signed link. */
  async sendStream(
    id: string,
    signature: UrlSignature,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    if (!this.signer.verify(streamKey(id), signature)) throw streamLinkInvalid();
    const track = await this.tracks.findAny(id);
    if (track?.deletedAt !== null) throw trackNotFound();
    // A link for everybody ends with the track's being public.
    if (signature.sub === ANY_VIEWER && !track.isPublic) throw streamLinkInvalid();
    assertPlayable(track);
    await this.files.send(request, reply, {
      storageKey: track.storageKey,
      mimeType: mimeTypeOf(track.format),
      etag: track.sha256,
      isPublic: track.isPublic && signature.sub === ANY_VIEWER,
    });
  }

  /** The original file as a download: who may is C70; each complete or first part counts once. */
  async sendDownload(
    id: string,
    user: RequestUser | undefined,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    const track = await this.getVisible(id, user);
    assertPlayable(track);
    if (!track.isDownloadable && !(await this.access.hasFullAccess(track, user))) throw downloadNotAllowed();
    const isBeginning = request.method === 'GET' && /^bytes=0-|^$/.test(request.headers.range ?? '');
    await this.files.send(request, reply, {
      storageKey: track.storageKey,
      mimeType: mimeTypeOf(track.format),
      etag: track.sha256,
      downloadName: track.fileName,
    });
    if (!isBeginning || reply.statusCode >= 300) return;
    await this.tracks.countDownload(id);
    if (user !== undefined) await this.access.noteDownload(id, user.id);
  }

  /** The cover: the uploaded artwork, else the picture found in the file. */
  async sendCover(
    id: string,
    user: RequestUser | undefined,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    const track = await this.getVisible(id, user);
    if (track.coverKey === null || track.coverMimeType === null) throw trackNotFound();
    await this.files.send(request, reply, {
      storageKey: track.coverKey,
      mimeType: track.coverMimeType,
      etag: `${track.sha256}-cover`,
      isPublic: isListed(track),
    });
  }

  private async getVisible(id: string, user: RequestUser | undefined): Promise<TrackEntity> {
    const track = await this.tracks.findAny(id);
    if (track?.deletedAt !== null) throw trackNotFound();
    if (!isListed(track) && !(await this.access.hasFullAccess(track, user))) throw trackNotFound();
    return track;
  }
}

function assertPlayable(track: TrackEntity): void {
  if (track.status === 'processing') throw trackProcessing();
  if (track.status !== 'ready') throw trackNotPlayable();
}

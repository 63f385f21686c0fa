import { Injectable } from '@nestjs/common';
import type { Paginated } from '../../common/pagination/index.js';
import { Clock } from '../../common/time/index.js';
import { Propagation, Transactional } from '../../infrastructure/database/index.js';
import { OutboxWriter } from '../../infrastructure/events/index.js';
import type { RequestUser } from '../../infrastructure/http/access/index.js';
import type { ListTracksQueryDto } from './dto/list-tracks.query.dto.js';
import type { TrackDto } from './dto/track.dto.js';
import type { UpdateTrackDto } from './dto/write-track.dto.js';
import { MANAGE_ANY_TRACK, TrackAccessRules, isListed, isOwnerOrAdmin } from './track-access.js';
import { type TrackListFilter, TrackListsRepository } from './track-lists.repository.js';
import { trackNotFound, trackProcessing } from './tracks.errors.js';
import { trackDeleted } from './tracks.events.js';
import { type TrackOwner, TracksRepository } from './tracks.repository.js';

/** Lists, shows, changes and deletes tracks. */
@Injectable()
export class TracksService {
  constructor(
    private readonly tracks: TracksRepository,
    private readonly lists: TrackListsRepository,
    private readonly outbox: OutboxWriter,
    private readonly clock: Clock,
    private readonly access: TrackAccessRules,
  ) {}

  /** The public tracks, or with `show_private` everything of the asking owner. */
  async list(query: ListTracksQueryDto, user: RequestUser | undefined): Promise<Paginated<TrackDto>> {
    const tracks = await this.lists.findPart(filterOf(query, user), query.sort, query.order, query);
    return tracks.map((track) => hideFailure(track, user));
  }

  /** One track; what the caller may not see is 404 `TRACK_NOT_FOUND` (09 C58). */
  async get(id: string, user: RequestUser | undefined): Promise<TrackDto> {
    const track = await this.lists.findDetail(id);
    if (track === null) throw trackNotFound();
    const visibility = { id, userId: track.user_id, isPublic: track.is_public, status: track.status };
    if (!isListed(visibility) && !(await this.access.hasFullAccess(visibility, user))) throw trackNotFound();
    return hideFailure(track, user);
  }

  /** Changes the description; while the file is being processed 422 `TRACK_PROCESSING` (01 1.3). */
  async update(id: string, changes: UpdateTrackDto, user: RequestUser): Promise<TrackDto> {
    await this.apply(id, changes);
    return this.get(id, user);
  }

  /** Hides the track at once; its files go when nobody holds them any more. */
  @Transactional()
  async remove(id: string): Promise<void> {
    const track = await this.tracks.findForUpdate(id);
    if (track === null) throw trackNotFound();
    await this.tracks.softDelete(id, this.clock.now());
    await this.outbox.append(trackDeleted, { aggregateId: id, payload: { trackId: id } });
  }

  /** Owners and states of a set of tracks at once; absent ones are not in the map. */
  findOwners(ids: readonly string[]): Promise<Map<string, TrackOwner>> {
    return this.tracks.findOwners(ids);
  }

  /** Those of the tracks that are not deleted; nobody deletes them until the caller's transaction ends. */
  @Transactional(Propagation.Mandatory)
  async holdLive(ids: readonly string[]): Promise<string[]> {
    return this.tracks.holdLive(ids);
  }

  /** Titles of a set of tracks, for who bought them; deleted tracks included (07 7.7 i). */
  findTitles(ids: readonly string[]): Promise<Map<string, string>> {
    return this.tracks.findTitles(ids);
  }

  /** The file as it was uploaded, for licence holders; deleted tracks included (07 7.7 i). */
  async getOriginalFile(
    id: string,
  ): Promise<{ storageKey: string; fileName: string; format: string; sizeBytes: number; sha256: string }> {
    const track = await this.tracks.findAny(id);
    if (track?.status !== 'ready') throw trackNotFound();
    const { storageKey, fileName, format, sizeBytes, sha256 } = track;
    return { storageKey, fileName, format, sizeBytes, sha256 };
  }

  @Transactional()
  protected async apply(id: string, changes: UpdateTrackDto): Promise<void> {
    const track = await this.tracks.findForUpdate(id);
    if (track === null) throw trackNotFound();
    if (track.status === 'processing') throw trackProcessing();
    const { is_public, is_downloadable, is_explicit, ...plain } = changes;
    Object.assign(track, definedOnly(plain));
    track.isPublic = is_public ?? track.isPublic;
    track.isDownloadable = is_downloadable ?? track.isDownloadable;
    track.isExplicit = is_explicit ?? track.isExplicit;
    track.updatedAt = this.clock.now();
    await this.tracks.save(track);
  }
}

function filterOf(query: ListTracksQueryDto, user: RequestUser | undefined): TrackListFilter {
  const isOwnList = user !== undefined && query.uploader_id === user.id;
  const isAdmin = user?.permissions.has(MANAGE_ANY_TRACK) === true;
  return {
    artist: query.artist,
    genre: query.genre,
    tags: query.tags,
    minDurationMs: query.min_duration === undefined ? undefined : query.min_duration * 1000,
    maxDurationMs: query.max_duration === undefined ? undefined : query.max_duration * 1000,
    search: query.search,
    uploaderId: query.uploader_id,
    format: query.format,
    includeHidden: query.show_private === true && (isOwnList || isAdmin),
  };
}

/** Why an upload failed is between the product and its owner. */
function hideFailure(track: TrackDto, user: RequestUser | undefined): TrackDto {
  if (track.failure === undefined || isOwnerOrAdmin({ userId: track.user_id }, user)) return track;
  return { ...track, failure: undefined };
}

function definedOnly<T extends object>(changes: T): Partial<T> {
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)) as Partial<T>;
}

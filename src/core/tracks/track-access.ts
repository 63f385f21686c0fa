import { Injectable } from '@nestjs/common';
import type { RequestUser } from '../../infrastructure/http/access/index.js';
import type { TrackStatus } from './track-states.js';

/** Permission that sees and manages everybody's tracks. */
export const MANAGE_ANY_TRACK = 'ownership.override';

/** What decides who may see a track. */
export interface TrackVisibility {
  id: string;
  userId: string;
  isPublic: boolean;
  status: TrackStatus;
}

/** Says whether a user holds rights on a track beyond owning it, such as a licence. */
export type TrackAccessRule = (trackId: string, userId: string) => Promise<boolean>;
/** Says whether the files of a deleted track must stay, because somebody bought them. */
export type TrackRetentionRule = (trackId: string) => Promise<boolean>;
/** Hears that a user has begun to download a track. */
export type TrackDownloadListener = (trackId: string, userId: string) => Promise<void>;

/**
 * The hook by which other modules grant access to tracks: the marketplace registers its licences here, and
 * tracks never import the marketplace (architecture.md, knots).
 */
@Injectable()
export class TrackAccessRules {
  private readonly accessRules: TrackAccessRule[] = [];
  private readonly retentionRules: TrackRetentionRule[] = [];
  private readonly downloadListeners: TrackDownloadListener[] = [];

  register(rule: TrackAccessRule): void {
    this.accessRules.push(rule);
  }

  registerRetention(rule: TrackRetentionRule): void {
    this.retentionRules.push(rule);
  }

  registerDownloadListener(listener: TrackDownloadListener): void {
    this.downloadListeners.push(listener);
  }

  /** Tells who counts what their buyers download. */
  async noteDownload(trackId: string, userId: string): Promise<void> {
    for (const listener of this.downloadListeners) await listener(trackId, userId);
  }

  /** True for the owner, an administrator, and whoever a registered rule lets in. */
  async hasFullAccess(track: TrackVisibility, user: RequestUser | undefined): Promise<boolean> {
    if (user === undefined) return false;
    if (isOwnerOrAdmin(track, user)) return true;
    for (const rule of this.accessRules) if (await rule(track.id, user.id)) return true;
    return false;
  }

  /** True while a buyer still holds the files. */
  async mustKeepFiles(trackId: string): Promise<boolean> {
    for (const rule of this.retentionRules) if (await rule(trackId)) return true;
    return false;
  }
}

/** True for the owner of a track and for administrators. */
export function isOwnerOrAdmin(
  track: Pick<TrackVisibility, 'userId'>,
  user: RequestUser | undefined,
): boolean {
  return user !== undefined && (track.userId === user.id || user.permissions.has(MANAGE_ANY_TRACK));
}

/** True when a track stands in the public lists: everybody may see it. */
export function isListed(track: TrackVisibility): boolean {
  return track.isPublic && track.status === 'ready';
}

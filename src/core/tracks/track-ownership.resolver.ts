import { Injectable } from '@nestjs/common';
import type { DomainError } from '../../common/errors/index.js';
import { isUuid } from '../../common/ids/index.js';
import type { Ownership, OwnershipResolver } from '../../infrastructure/http/access/index.js';
import { isListed } from './track-access.js';
import { trackNotFound } from './tracks.errors.js';
import { TracksRepository } from './tracks.repository.js';

/** Who may change a track (S0 RequireOwnershipOrAdmin). */
@Injectable()
export class TrackOwnershipResolver implements OwnershipResolver {
  constructor(private readonly tracks: TracksRepository) {}

  async resolveOwnership(id: string): Promise<Ownership | null> {
    const track = isUuid(id) ? await this.tracks.findVisibility(id) : null;
    return track === null ? null : { ownerId: track.userId, isVisible: isListed(track) };
  }

  notFound(): DomainError {
    return trackNotFound();
  }
}

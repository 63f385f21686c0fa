import { Injectable } from '@nestjs/common';
import type { Paginated } from '../../../common/pagination/index.js';
import type { Dispute, DisputeQuery, DisputeWithItems } from './dispute.types.js';
import { disputeNotFound } from './disputes.errors.js';
import { DisputesRepository } from './disputes.repository.js';

/** Disputes as administrators see them. */
@Injectable()
export class DisputesService {
  constructor(private readonly disputes: DisputesRepository) {}

  /** Newest first. */
  async list(query: DisputeQuery): Promise<Paginated<Dispute>> {
    return this.disputes.list(query);
  }

  /** @throws DomainError 404 `DISPUTE_NOT_FOUND` */
  async get(id: string): Promise<DisputeWithItems> {
    const dispute = await this.disputes.findById(id);
    if (dispute === null) throw disputeNotFound();
    return { ...dispute, items: await this.disputes.findItems(id) };
  }
}

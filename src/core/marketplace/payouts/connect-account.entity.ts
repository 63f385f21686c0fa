import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { AccountRequirements } from './payout-provider.js';

/** A seller's account at the payout provider, with the snapshot of its last reading (08 2.3). */
@Entity('connect_accounts')
export class ConnectAccount {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'connect_accounts_pk' })
  id: string;

  @Column({ type: 'uuid', name: 'user_id' })
  userId: string;

  /** Null between the intention and the provider's answer. */
  @Column({ type: 'text', name: 'stripe_account_id', nullable: true })
  stripeAccountId: string | null;

  /** Rises after a definite refusal, whose answer the provider keeps under the old key (08 finding 7). */
  @Column({ type: 'integer', name: 'creation_epoch', default: 0 })
  creationEpoch: number;

  @Column({ type: 'boolean', name: 'transfers_enabled', default: false })
  transfersEnabled: boolean;

  @Column({ type: 'boolean', name: 'payouts_enabled', default: false })
  payoutsEnabled: boolean;

  @Column({ type: 'boolean', name: 'charges_enabled', default: false })
  chargesEnabled: boolean;

  @Column({ type: 'boolean', name: 'details_submitted', default: false })
  detailsSubmitted: boolean;

  @Column({ type: 'jsonb', default: {} })
  requirements: Partial<AccountRequirements>;

  @Column({ type: 'timestamptz', precision: 3, name: 'fetched_at', nullable: true })
  fetchedAt: Date | null;

  @Column({ type: 'timestamptz', precision: 3, name: 'created_at' })
  createdAt: Date;

  @Column({ type: 'timestamptz', precision: 3, name: 'updated_at' })
  updatedAt: Date;
}

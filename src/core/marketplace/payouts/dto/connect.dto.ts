import { ApiProperty } from '@nestjs/swagger';
import type { ConnectAccount } from '../connect-account.entity.js';

/** A single-use link to the provider's onboarding; whoever has it is the seller. */
export class OnboardingLinkDto {
  @ApiProperty({ format: 'uri' })
  url: string;

  @ApiProperty({ format: 'date-time' })
  expires_at: string;

  static of({ url, expiresAt }: { url: string; expiresAt: Date }): OnboardingLinkDto {
    return { url, expires_at: expiresAt.toISOString() };
  }
}

/** What the provider still wants, in its own words. */
export class AccountRequirementsDto {
  @ApiProperty({ type: [String] })
  currently_due: string[];

  @ApiProperty({ type: [String] })
  past_due: string[];

  @ApiProperty({ type: String, nullable: true })
  disabled_reason: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  current_deadline: string | null;
}

/** Whether the caller can be paid. */
export class ConnectStatusDto {
  @ApiProperty()
  connected: boolean;

  @ApiProperty({ description: 'Sales are transferred to the account' })
  transfers_enabled: boolean;

  @ApiProperty({ description: 'The account pays out to the bank' })
  payouts_enabled: boolean;

  @ApiProperty()
  details_submitted: boolean;

  @ApiProperty({ type: AccountRequirementsDto })
  requirements: AccountRequirementsDto;

  static of(account: ConnectAccount | null): ConnectStatusDto {
    return {
      connected: account?.stripeAccountId != null,
      transfers_enabled: account?.transfersEnabled ?? false,
      payouts_enabled: account?.payoutsEnabled ?? false,
      details_submitted: account?.detailsSubmitted ?? false,
      requirements: {
        currently_due: account?.requirements.currentlyDue ?? [],
        past_due: account?.requirements.pastDue ?? [],
        disabled_reason: account?.requirements.disabledReason ?? null,
        current_deadline: account?.requirements.currentDeadline ?? null,
      },
    };
  }
}

import { Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  CurrentUser,
  type RequestUser,
  RequirePermission,
} from '../../../infrastructure/http/access/index.js';
import { ApiEnvelope, Idempotent } from '../../../infrastructure/http/index.js';
import { ConnectAccountsService } from './connect-accounts.service.js';
import { ConnectStatusDto, OnboardingLinkDto } from './dto/connect.dto.js';

/** A seller's account at the payout provider. */
@ApiTags('seller')
@Controller('marketplace/seller/connect')
export class ConnectController {
  constructor(private readonly accounts: ConnectAccountsService) {}

  @Post('onboard')
  @HttpCode(200)
  @RequirePermission('payouts.onboard')
  @Idempotent()
  @ApiOperation({ summary: 'A fresh, single-use link to the onboarding of the payout provider' })
  @ApiEnvelope(OnboardingLinkDto, { failures: [422, 503] })
  async onboard(@CurrentUser() user: RequestUser): Promise<OnboardingLinkDto> {
    return OnboardingLinkDto.of(await this.accounts.onboard(user.id));
  }

  @Get('status')
  @RequirePermission('payouts.read')
  @ApiOperation({ summary: 'Whether the caller can be paid, and what is missing' })
  @ApiEnvelope(ConnectStatusDto)
  async status(@CurrentUser() user: RequestUser): Promise<ConnectStatusDto> {
    return ConnectStatusDto.of(await this.accounts.getStatus(user.id));
  }
}

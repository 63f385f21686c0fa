import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Paginated } from '../../../common/pagination/index.js';
import {
  CurrentUser,
  type RequestUser,
  RequirePermission,
} from '../../../infrastructure/http/access/index.js';
import { ApiEnvelope } from '../../../infrastructure/http/index.js';
import { SellerBalanceDto } from './dto/seller-balance.dto.js';
import { TransferQueryDto } from './dto/transfer-query.dto.js';
import { SellerTransferDto } from './dto/transfer.dto.js';
import { SellerPayouts } from './seller-payouts.service.js';

/** What the caller earned and where it is. */
@ApiTags('seller')
@Controller('marketplace/seller')
export class SellerPayoutsController {
  constructor(private readonly payouts: SellerPayouts) {}

  @Get('balance')
  @RequirePermission('payouts.read')
  @ApiOperation({ summary: 'The balance of the caller per currency, in minor units' })
  @ApiEnvelope(SellerBalanceDto, { isArray: true })
  balance(@CurrentUser() user: RequestUser): Promise<SellerBalanceDto[]> {
    return this.payouts.balancesOf(user.id);
  }

  @Get('transfers')
  @RequirePermission('payouts.read')
  @ApiOperation({ summary: 'The transfers to the caller, newest first' })
  @ApiEnvelope(SellerTransferDto, { paginated: true, failures: [400] })
  async transfers(
    @CurrentUser() user: RequestUser,
    @Query() query: TransferQueryDto,
  ): Promise<Paginated<SellerTransferDto>> {
    const transfers = await this.payouts.transfersOf(user.id, query);
    return transfers.map((transfer) => SellerTransferDto.of(transfer));
  }
}

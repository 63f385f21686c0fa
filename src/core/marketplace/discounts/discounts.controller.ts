import { Body, Controller, Delete, Get, HttpCode, Post, Put, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Paginated } from '../../../common/pagination/index.js';
import {
  CurrentUser,
  type RequestUser,
  RequireOwnershipOrAdmin,
  RequirePermission,
} from '../../../infrastructure/http/access/index.js';
import { ApiEnvelope, Idempotent, ResponseMessage, UuidParam } from '../../../infrastructure/http/index.js';
import { DiscountOwnershipResolver } from './discount-ownership.resolver.js';
import { DiscountsService } from './discounts.service.js';
import { CreateDiscountDto } from './dto/create-discount.dto.js';
import { DiscountDto, DiscountsQueryDto } from './dto/discount.dto.js';
import { UpdateDiscountDto } from './dto/update-discount.dto.js';

/** The caller's discount codes. */
@ApiTags('seller')
@Controller('marketplace/discount-codes')
export class DiscountsController {
  constructor(private readonly discounts: DiscountsService) {}

  @Get()
  @ApiOperation({ summary: "The caller's discount codes, newest first" })
  @RequirePermission('discounts.read')
  @ApiEnvelope(DiscountDto, { paginated: true, failures: [400] })
  async list(
    @CurrentUser() user: RequestUser,
    @Query() query: DiscountsQueryDto,
  ): Promise<Paginated<DiscountDto>> {
    const discounts = await this.discounts.listOwn(user.id, DiscountsQueryDto.queryOf(query));
    return discounts.map((discount) => DiscountDto.of(discount));
  }

  @Post()
  @ApiOperation({ summary: "Makes a discount code for the caller's products; for creators" })
  @RequirePermission('discounts.create')
  @Idempotent()
  @ResponseMessage('Discount code created')
  @ApiEnvelope(DiscountDto, { status: 201, failures: [400] })
  async create(@Body() body: CreateDiscountDto, @CurrentUser() user: RequestUser): Promise<DiscountDto> {
    return DiscountDto.of(await this.discounts.create(user.id, CreateDiscountDto.contentOf(body)));
  }

  @Put(':id')
  @ApiOperation({ summary: 'Changes a discount code of the caller, all but the code itself' })
  @RequirePermission('discounts.update')
  @RequireOwnershipOrAdmin(DiscountOwnershipResolver)
  @ResponseMessage('Discount code updated')
  @ApiEnvelope(DiscountDto, { failures: [400, 409] })
  async update(
    @UuidParam() id: string,
    @Body() body: UpdateDiscountDto,
    @CurrentUser() user: RequestUser,
  ): Promise<DiscountDto> {
    return DiscountDto.of(await this.discounts.update(id, UpdateDiscountDto.changesOf(body), user));
  }

  @Delete(':id')
  @ApiOperation({ summary: 'Ends a discount code of the caller for good' })
  @RequirePermission('discounts.delete')
  @RequireOwnershipOrAdmin(DiscountOwnershipResolver)
  @HttpCode(200)
  @ResponseMessage('Discount code archived')
  @ApiEnvelope(DiscountDto, { failures: [400] })
  async archive(@UuidParam() id: string, @CurrentUser() user: RequestUser): Promise<DiscountDto> {
    return DiscountDto.of(await this.discounts.archive(id, user));
  }
}

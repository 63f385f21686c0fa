import { Body, Controller, Delete, Get, HttpCode, Post, Put, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Paginated } from '../../../common/pagination/index.js';
import {
  CurrentUser,
  OptionalAuth,
  type RequestUser,
  RequireOwnershipOrAdmin,
  RequirePermission,
} from '../../../infrastructure/http/access/index.js';
import { ApiEnvelope, Idempotent, ResponseMessage, UuidParam } from '../../../infrastructure/http/index.js';
import { CreateProductDto } from './dto/create-product.dto.js';
import { ProductDto } from './dto/product.dto.js';
import { ProductsQueryDto } from './dto/products-query.dto.js';
import { UpdateProductDto } from './dto/update-product.dto.js';
import { ProductOwnershipResolver } from './product-ownership.resolver.js';
import { ProductsService } from './products.service.js';

/** What is for sale. */
@ApiTags('marketplace')
@Controller('marketplace/products')
export class ProductsController {
  constructor(private readonly products: ProductsService) {}

  @Get()
  @ApiOperation({ summary: "Products on show; the caller's own drafts on request" })
  @OptionalAuth()
  @ApiEnvelope(ProductDto, { paginated: true, failures: [400] })
  async list(
    @Query() query: ProductsQueryDto,
    @CurrentUser() user: RequestUser | undefined,
  ): Promise<Paginated<ProductDto>> {
    const products = await this.products.list(ProductsQueryDto.queryOf(query), user);
    return products.map((product) => ProductDto.of(product));
  }

  @Get(':id')
  @ApiOperation({ summary: "One product, when it is on show or the caller's own" })
  @OptionalAuth()
  @ApiEnvelope(ProductDto, { failures: [400, 404] })
  async get(@UuidParam() id: string, @CurrentUser() user: RequestUser | undefined): Promise<ProductDto> {
    return ProductDto.of(await this.products.getVisible(id, user));
  }

  @Post()
  @ApiOperation({ summary: 'Offers something; for creators' })
  @RequirePermission('products.create')
  @Idempotent()
  @ResponseMessage('Product created')
  @ApiEnvelope(ProductDto, { status: 201, failures: [400, 409] })
  async create(@Body() body: CreateProductDto, @CurrentUser() user: RequestUser): Promise<ProductDto> {
    return ProductDto.of(await this.products.create(user.id, CreateProductDto.contentOf(body)));
  }

  @Put(':id')
  @ApiOperation({ summary: 'Changes a product of the caller' })
  @RequirePermission('products.update')
  @RequireOwnershipOrAdmin(ProductOwnershipResolver)
  @ResponseMessage('Product updated')
  @ApiEnvelope(ProductDto, { failures: [400, 409] })
  async update(
    @UuidParam() id: string,
    @Body() body: UpdateProductDto,
    @CurrentUser() user: RequestUser,
  ): Promise<ProductDto> {
    return ProductDto.of(await this.products.update(id, UpdateProductDto.changesOf(body), user));
  }

  @Delete(':id')
  @ApiOperation({ summary: 'Takes a product of the caller off sale for good; buyers keep their licences' })
  @RequirePermission('products.delete')
  @RequireOwnershipOrAdmin(ProductOwnershipResolver)
  @HttpCode(200)
  @ResponseMessage('Product archived')
  @ApiEnvelope(ProductDto, { failures: [400] })
  async archive(@UuidParam() id: string, @CurrentUser() user: RequestUser): Promise<ProductDto> {
    return ProductDto.of(await this.products.archive(id, user));
  }
}

import { Module } from '@nestjs/common';
import { AuditModule } from '../../audit/index.js';
import { TracksModule } from '../../tracks/index.js';
import { ExclusiveSalesRepository } from './exclusive-sales.repository.js';
import { ExclusiveSales } from './exclusive-sales.service.js';
import { ProductOffers } from './product-offers.service.js';
import { ProductOwnershipResolver } from './product-ownership.resolver.js';
import { LicenseTypesController } from './license-types.controller.js';
import { ProductsController } from './products.controller.js';
import { ProductsRepository } from './products.repository.js';
import { ProductsService } from './products.service.js';

/** What sellers offer; knows neither orders nor licences. */
@Module({
  imports: [TracksModule, AuditModule],
  controllers: [ProductsController, LicenseTypesController],
  providers: [
    ProductsService,
    ProductOffers,
    ExclusiveSales,
    ExclusiveSalesRepository,
    ProductOwnershipResolver,
    ProductsRepository,
  ],
  exports: [ProductOffers, ExclusiveSales],
})
export class ProductsModule {}

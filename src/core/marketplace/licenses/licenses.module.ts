import { Module } from '@nestjs/common';
import { TracksModule } from '../../tracks/index.js';
import { UsersModule } from '../../users/index.js';
import { ProductsModule } from '../products/index.js';
import { CertificateRenderer } from './certificate-renderer.js';
import { CertificatesService } from './certificates.service.js';
import { DownloadsController } from './downloads.controller.js';
import { DownloadsService } from './downloads.service.js';
import { LicenseVerificationController } from './license-verification.controller.js';
import { LicensesController } from './licenses.controller.js';
import { LicensesRepository } from './licenses.repository.js';
import { LicensesService } from './licenses.service.js';

/** What buyers own and how they get their files. */
@Module({
  imports: [ProductsModule, TracksModule, UsersModule],
  controllers: [LicensesController, LicenseVerificationController, DownloadsController],
  providers: [
    LicensesService,
    CertificatesService,
    CertificateRenderer,
    DownloadsService,
    LicensesRepository,
  ],
  exports: [LicensesService],
})
export class LicensesModule {}

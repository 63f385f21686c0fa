import { Module } from '@nestjs/common';
import { TracksModule } from '../../tracks/index.js';
import { DownloadsController } from './downloads.controller.js';
import { DownloadsService } from './downloads.service.js';
import { LicensesController } from './licenses.controller.js';
import { LicensesRepository } from './licenses.repository.js';
import { LicensesService } from './licenses.service.js';

/** What buyers own and how they get their files. */
@Module({
  imports: [TracksModule],
  controllers: [LicensesController, DownloadsController],
  providers: [LicensesService, DownloadsService, LicensesRepository],
  exports: [LicensesService],
})
export class LicensesModule {}

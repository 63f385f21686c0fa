import { Module } from '@nestjs/common';
import { ListReader } from './list-reader.js';

/** Lists of the marketplace: one way to page through rows. */
@Module({ providers: [ListReader], exports: [ListReader] })
export class ListsModule {}

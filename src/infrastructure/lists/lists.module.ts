import { Global, Module } from '@nestjs/common';
import { ListReader } from './list-reader.js';

/** One way to page through rows. */
@Global()
@Module({ providers: [ListReader], exports: [ListReader] })
export class ListsModule {}

import { Global, Module } from '@nestjs/common';
import { FileResponse } from './file-response.js';
import { LocalStorage } from './local.storage.js';
import { Storage } from './storage.js';
import { UrlSigner } from './url-signer.js';

/** Files, and the links to them. */
@Global()
@Module({
  providers: [{ provide: Storage, useClass: LocalStorage }, UrlSigner, FileResponse],
  exports: [Storage, UrlSigner, FileResponse],
})
export class StorageModule {}

import { Global, Module } from '@nestjs/common';
import { VirusScanner } from './virus-scanner.js';

/** The virus scanner in front of every upload. */
@Global()
@Module({ providers: [VirusScanner], exports: [VirusScanner] })
export class AntivirusModule {}

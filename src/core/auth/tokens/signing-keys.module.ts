import { Module } from '@nestjs/common';
import { SigningKeys } from './signing-keys.js';

/** The keys apart, because the module that signs and the strategy that verifies both need them. */
@Module({ providers: [SigningKeys], exports: [SigningKeys] })
export class SigningKeysModule {}

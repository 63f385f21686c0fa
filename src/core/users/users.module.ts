import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/index.js';
import { AccountChanges } from './account-changes.js';
import { UserAccountsService } from './user-accounts.service.js';
import { UserOwnershipResolver } from './user-ownership.resolver.js';
import { UsersController } from './users.controller.js';
import { UsersRepository } from './users.repository.js';
import { UsersService } from './users.service.js';

/** Accounts and profiles. */
@Module({
  imports: [AuditModule],
  controllers: [UsersController],
  providers: [UsersRepository, UsersService, UserAccountsService, UserOwnershipResolver, AccountChanges],
  exports: [UsersService, UserAccountsService, AccountChanges],
})
export class UsersModule {}

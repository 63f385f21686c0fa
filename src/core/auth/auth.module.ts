import { Module } from '@nestjs/common';
import { APP_GUARD, DiscoveryModule } from '@nestjs/core';
import { JwtModule } from '@nestjs/jwt';
import { PassportModule } from '@nestjs/passport';
import { AuditModule } from '../audit/index.js';
import { UsersModule } from '../users/index.js';
import { AccessGuard } from './access/access.guard.js';
import { BearerGuard } from './access/bearer.guard.js';
import { ClosedByDefaultCheck } from './access/closed-by-default.check.js';
import { InternalKeyCheck } from './access/internal-key.check.js';
import { OwnershipCheck } from './access/ownership.check.js';
import { RolePermissions } from './access/role-permissions.service.js';
import { RouteCatalogue } from './access/route-catalogue.js';
import { AuthController } from './auth.controller.js';
import { LoginService } from './login.service.js';
import { PasswordHasher } from './passwords/password-hasher.js';
import { PasswordRules } from './passwords/password-rules.js';
import { RegistrationService } from './registration.service.js';
import { LogoutService } from './sessions/logout.service.js';
import { SessionCheck } from './sessions/session-check.service.js';
import { LiveSessionsGauge } from './sessions/live-sessions.gauge.js';
import { SessionEnder } from './sessions/session-ender.service.js';
import { SessionsRepository } from './sessions/sessions.repository.js';
import { SessionsService } from './sessions/sessions.service.js';
import { AccessTokenIssuer } from './tokens/access-token.issuer.js';
import { AccessTokenStrategy } from './tokens/access-token.strategy.js';
import { RefreshChain } from './tokens/refresh-chain.js';
import { RefreshService } from './tokens/refresh.service.js';
import { RefreshTokensRepository } from './tokens/refresh-tokens.repository.js';
import { SigningKeys } from './tokens/signing-keys.js';
import { SigningKeysModule } from './tokens/signing-keys.module.js';

const ACCESS = [
  { provide: APP_GUARD, useClass: AccessGuard },
  BearerGuard,
  InternalKeyCheck,
  OwnershipCheck,
  RolePermissions,
  RouteCatalogue,
  ClosedByDefaultCheck,
];

const TOKENS = [
  AccessTokenStrategy,
  AccessTokenIssuer,
  RefreshChain,
  RefreshService,
  RefreshTokensRepository,
];

const SESSIONS = [
  SessionsRepository,
  SessionsService,
  SessionEnder,
  SessionCheck,
  LogoutService,
  LiveSessionsGauge,
];

/** Who somebody is and what they may do; registers the guard that stands in front of every route. */
@Module({
  imports: [
    UsersModule,
    AuditModule,
    DiscoveryModule,
    PassportModule,
    SigningKeysModule,
    JwtModule.registerAsync({
      imports: [SigningKeysModule],
      inject: [SigningKeys],
      useFactory: (keys: SigningKeys) => ({ secret: keys.current, signOptions: { algorithm: 'HS256' } }),
    }),
  ],
  controllers: [AuthController],
  providers: [
    ...ACCESS,
    ...TOKENS,
    ...SESSIONS,
    PasswordHasher,
    PasswordRules,
    LoginService,
    RegistrationService,
  ],
  exports: [RegistrationService, RouteCatalogue, RolePermissions],
})
export class AuthModule {}

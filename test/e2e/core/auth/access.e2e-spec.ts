import { Controller, Get, Injectable, Module, Put, type Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import request from 'supertest';
import { DomainError } from '../../../../src/common/errors/index.js';
import { PERMISSIONS, RouteCatalogue, listRoutes } from '../../../../src/core/auth/index.js';
import { createApp } from '../../../../src/create-app.js';
import { parseConfig } from '../../../../src/infrastructure/config/index.js';
import {
  CurrentUser,
  InternalKey,
  OptionalAuth,
  type Ownership,
  type OwnershipResolver,
  Public,
  RequireOwnershipOrAdmin,
  RequirePermission,
  type RequestUser,
} from '../../../../src/infrastructure/http/access/index.js';
import { wings } from '../../../../src/wings.js';
import {
  type Actor,
  TEST_JWT_SECRET,
  type TestApp,
  api,
  createTestApp,
  newActor,
} from '../../../support/index.js';

const VISIBLE = '11111111-1111-4111-8111-111111111111';
const HIDDEN = '22222222-2222-4222-8222-222222222222';
const ABSENT = '33333333-3333-4333-8333-333333333333';

@Injectable()
class ThingResolver implements OwnershipResolver {
  static ownerId = '';

  async resolveOwnership(id: string): Promise<Ownership | null> {
    if (id === ABSENT) return null;
    return { ownerId: ThingResolver.ownerId, isVisible: id === VISIBLE };
  }

  notFound(): DomainError {
    return new DomainError('THING_NOT_FOUND', 'not_found', 'Thing not found');
  }
}

@Controller('probe')
class ProbeController {
  @Get('public')
  @Public()
  getPublic(@CurrentUser() user?: RequestUser): object {
    return { caller: user?.id ?? null };
  }

  @Get('optional')
  @OptionalAuth()
  getOptional(@CurrentUser() user?: RequestUser): object {
    return { caller: user?.id ?? null };
  }

  @Get('jobs')
  @RequirePermission('jobs.read')
  getJobs(@CurrentUser() user: RequestUser): object {
    return { caller: user.id };
  }

  @Get('nobody')
  @RequirePermission('nobody.has_this')
  getNobody(): object {
    return {};
  }

  @Get('internal')
  @InternalKey()
  getInternal(): object {
    return {};
  }

  @Put('things/:id')
  @RequireOwnershipOrAdmin(ThingResolver)
  putThing(@CurrentUser() user: RequestUser): object {
    return { caller: user.id };
  }
}

@Module({ controllers: [ProbeController], providers: [ThingResolver] })
class ProbeModule {}

@Controller('forgotten')
class ForgottenController {
  @Get('open')
  getOpen(): string {
    return 'nobody said who may read this';
  }
}

@Module({ controllers: [ForgottenController] })
class ForgottenModule {}

describe('access', () => {
  let test: TestApp;
  let app: NestFastifyApplication;
  let owner: Actor;
  let stranger: Actor;
  let admin: Actor;

  const boot = (extra: Type, env: Record<string, string> = {}): Promise<NestFastifyApplication> => {
    const config = parseConfig({
      APP_ENV: 'test',
      DATABASE_URL: test.database.url,
      JWT_SECRET: TEST_JWT_SECRET,
      JOBS_ENABLED: 'false',
      LOG_LEVEL: 'ERROR',
      DB_POOL_MIN: '0',
      DISABLE_RATE_LIMIT_FOR_TESTS: 'true',
      ...env,
    });
    return createApp(config, async (module, adapter, options) => {
      const compiled = await Test.createTestingModule({ imports: [module, extra] }).compile();
      return compiled.createNestApplication<NestFastifyApplication>(adapter, options);
    });
  };

  beforeAll(async () => {
    test = await createTestApp();
    app = await boot(ProbeModule);
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
    owner = await newActor(test);
    stranger = await newActor(test);
    admin = await newActor(test, { role: 'admin' });
    ThingResolver.ownerId = owner.id;
  });
  afterAll(async () => {
    await app.close();
    await test.close();
  });

  const get = (path: string, actor?: Actor) => {
    const sent = request(app.getHttpServer()).get(api(path));
    return actor === undefined ? sent : sent.set(actor.auth);
  };
  const putThing = (id: string, actor?: Actor) => {
    const sent = request(app.getHttpServer()).put(api(`/probe/things/${id}`));
    return (actor === undefined ? sent : sent.set(actor.auth)).send({});
  };

  it('does not look at a token on a public route', async () => {
    expect((await get('/probe/public').expect(200)).body.data).toEqual({ caller: null });
    expect((await get('/probe/public', owner).expect(200)).body.data).toEqual({ caller: null });
  });

  it('knows the caller where a token is optional', async () => {
    expect((await get('/probe/optional').expect(200)).body.data).toEqual({ caller: null });
    expect((await get('/probe/optional', owner).expect(200)).body.data).toEqual({ caller: owner.id });
  });

  it('answers 401 without a token, 403 without the permission, 200 with it', async () => {
    await get('/probe/jobs').expect(401);
    const refused = await get('/probe/jobs', owner).expect(403);
    expect(refused.body.error.code).toBe('AUTH_INSUFFICIENT_PERMISSIONS');
    expect((await get('/probe/jobs', admin).expect(200)).body.data).toEqual({ caller: admin.id });
  });

  it('lets nobody pass for a permission that no role has', async () => {
    await get('/probe/nobody', admin).expect(403);
  });

  it.each([
    ['anonymous', () => undefined, { [VISIBLE]: 401, [HIDDEN]: 401, [ABSENT]: 401, nonsense: 401 }],
    ['owner', () => owner, { [VISIBLE]: 200, [HIDDEN]: 200, [ABSENT]: 404, nonsense: 400 }],
    ['stranger', () => stranger, { [VISIBLE]: 403, [HIDDEN]: 404, [ABSENT]: 404, nonsense: 400 }],
    ['administrator', () => admin, { [VISIBLE]: 200, [HIDDEN]: 200, [ABSENT]: 404, nonsense: 400 }],
  ])('keeps objects to their owner: %s', async (_who, actor, expected) => {
    for (const [id, status] of Object.entries(expected)) {
      expect([id, (await putThing(id, actor())).status]).toEqual([id, status]);
    }
  });

  it('does not let a stranger tell what is hidden from what does not exist', async () => {
    const hidden = await putThing(HIDDEN, stranger).expect(404);
    const absent = await putThing(ABSENT, stranger).expect(404);
    expect(hidden.body.error).toEqual(absent.body.error);
    expect(hidden.body.error.code).toBe('THING_NOT_FOUND');
  });

  it('opens internal routes to nobody while no key is configured', async () => {
    await get('/probe/internal').expect(401);
    await get('/probe/internal').set('X-Internal-API-Key', '').expect(401);
    await get('/probe/internal', admin).expect(401);
  });

  it('does not start with a route that says nothing, and names it', async () => {
    const forgetful = await boot(ForgottenModule);
    await expect(forgetful.init()).rejects.toThrow(
      /GET \/api\/v1\/forgotten\/open \(ForgottenController\.getOpen\)/,
    );
    await forgetful.close();
  });

  it('asks on its routes for exactly the permissions of the table', () => {
    const asked = listRoutes(test.app, wings).flatMap(({ access }) =>
      access?.kind === 'permission' ? [access.permission] : [],
    );
    // The one that no route asks for: the ownership rule does.
    expect([...new Set(asked), 'ownership.override'].sort()).toEqual([...PERMISSIONS].sort());
  });

  it('lists exactly the routes that the server has', () => {
    const fastify = test.app.getHttpAdapter().getInstance();
    const listed = test.app.get(RouteCatalogue, { strict: false }).list();
    expect(listed.length).toBeGreaterThan(20);
    for (const { method, path } of listed) {
      expect([path, fastify.hasRoute({ method, url: path })]).toEqual([path, true]);
    }
  });
});

import { parseConfig } from '../../../infrastructure/config/index.js';
import { USER_ROLES } from '../../users/index.js';
import { CREATOR_ROLE_PERMISSIONS, PERMISSIONS, ROLE_PERMISSIONS } from './role-permissions.js';
import { RolePermissions } from './role-permissions.service.js';

const withEnv = (env: Record<string, string> = {}): RolePermissions =>
  new RolePermissions(
    parseConfig({
      APP_ENV: 'test',
      JWT_SECRET: 'only-for-this-test-0123456789abcdefgh',
      DATABASE_URL: 'postgres://nobody@localhost:1/none',
      ...env,
    }),
  );

describe('RolePermissions', () => {
  it('lets every role do what a plain user may', () => {
    const permissions = withEnv();
    for (const role of USER_ROLES) {
      for (const permission of ROLE_PERMISSIONS.user) expect(permissions.of(role)).toContain(permission);
    }
  });

  it('lets the five creator roles create, and super_admin', () => {
    const permissions = withEnv();
    const creators = USER_ROLES.filter((role) =>
      CREATOR_ROLE_PERMISSIONS.every((permission) => permissions.of(role).has(permission)),
    );
    expect(creators).toEqual(['creator', 'artist', 'producer', 'label', 'admin', 'super_admin']);
    expect(permissions.of('user')).not.toContain('tracks.create');
    expect(permissions.of('premium')).not.toContain('tracks.create');
  });

  it('follows CREATOR_ROLES', () => {
    const permissions = withEnv({ CREATOR_ROLES: 'premium,label' });
    expect(permissions.of('premium')).toContain('products.create');
    expect(permissions.of('creator')).not.toContain('products.create');
  });

  it('lets everybody create with BYPASS_CONTENT_CREATOR_ROLE', () => {
    expect(withEnv({ BYPASS_CONTENT_CREATOR_ROLE: 'true' }).of('user')).toContain('tracks.create');
  });

  it('keeps administration to administrators', () => {
    const permissions = withEnv();
    const mayOverride = USER_ROLES.filter((role) => permissions.of(role).has('ownership.override'));
    expect(mayOverride).toEqual(['admin', 'super_admin']);
  });

  it('gives super_admin everything and an unknown role nothing', () => {
    const permissions = withEnv();
    expect([...permissions.of('super_admin')].sort()).toEqual([...PERMISSIONS].sort());
    expect(permissions.of('owner').size).toBe(0);
  });

  it('names each permission once, as resource.action', () => {
    expect(new Set(PERMISSIONS).size).toBe(PERMISSIONS.length);
    for (const permission of PERMISSIONS) expect(permission).toMatch(/^[a-z]+\.[a-z_]+$/);
  });
});

import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProjectPlace, loadConfig } from './index.js';

const REQUIRED = 'JWT_SECRET=kq3Zr8Wm1Xv6Tn4Yb9Lc2Pd7Hs5Jg0Fa\nDATABASE_URL=postgres://localhost/veza\n';

describe('loadConfig', () => {
  const before = { env: process.env, folder: process.cwd() };
  let folder: string;

  beforeEach(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), 'veza-config-')));
    process.chdir(folder);
  });

  afterEach(async () => {
    process.env = before.env;
    process.chdir(before.folder);
    await rm(folder, { recursive: true });
  });

  it('reads the two files of the folder in which the server is started, and the environment over them', async () => {
    await writeFile(join(folder, '.env'), `${REQUIRED}APP_ENV=staging\nAPP_PORT=1\nJWT_ISSUER=common`);
    await writeFile(join(folder, '.env.staging'), 'APP_PORT=2\nJWT_ISSUER=staging');
    await writeFile(join(folder, '.env.production'), 'APP_PORT=3');
    await writeFile(join(folder, '.env.template'), 'APP_PORT=4');
    process.env = { APP_PORT: '5' };
    const config = loadConfig();
    expect(config.get('APP_PORT')).toBe(5);
    expect(config.get('JWT_ISSUER')).toBe('staging');
    expect(config.pathOf('UPLOAD_DIR')).toBe(join(folder, 'uploads'));
    expect(config.projectRoot).toBe(before.folder);
  });

  it('needs no file', () => {
    process.env = {
      JWT_SECRET: 'kq3Zr8Wm1Xv6Tn4Yb9Lc2Pd7Hs5Jg0Fa',
      DATABASE_URL: 'postgres://localhost/veza',
    };
    expect(loadConfig().get('APP_ENV')).toBe('development');
  });
});

describe('findProjectPlace', () => {
  it('finds the project above the started script or above the working folder', () => {
    const root = process.cwd();
    expect(findProjectPlace(join(root, 'dist/src/main.js'), '/').projectRoot).toBe(root);
    expect(findProjectPlace('/usr/bin/elsewhere', join(root, 'src')).projectRoot).toBe(root);
  });

  it('says where it looked when there is none', () => {
    expect(() => findProjectPlace('/usr/bin/elsewhere', '/')).toThrow(/above \/usr\/bin or \//);
  });
});

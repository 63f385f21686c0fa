import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ConfigError,
  findProjectPlace,
  parseConfig,
  variableGroups,
} from '../../src/infrastructure/config/index.js';
import { createTestDatabase, type TestDatabase } from '../../test/support/database.js';
import { artefacts } from './artefacts.js';
import { renderConfigurationDoc } from './configuration-doc.js';
import { renderEnvProductionExample, renderEnvTemplate } from './env-files.js';
import { writeArtefacts } from './write-artefacts.js';

const SECRET = 'kq3Zr8Wm1Xv6Tn4Yb9Lc2Pd7Hs5Jg0Fa';
const REQUIRED = { JWT_SECRET: SECRET, DATABASE_URL: 'postgres://veza@db.internal/veza' };
const names = Object.values(variableGroups).flatMap((members) => Object.keys(members));

describe('generated files', () => {
  let folder: string;
  let database: TestDatabase;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'veza-generate-'));
    database = await createTestDatabase();
    await writeArtefacts(folder, artefacts, { migratedDatabase: () => Promise.resolve(database.url) });
  });

  afterAll(async () => {
    await database.drop();
    await rm(folder, { recursive: true });
  });

  it.each(artefacts.map(({ path }) => path))(
    '%s is what the sources say (npm run generate)',
    async (path) => {
      const fresh = await readFile(join(folder, path), 'utf8');
      const committed = await readFile(join(findProjectPlace().projectRoot, path), 'utf8');
      expect(committed).toBe(fresh);
    },
  );
});

describe('.env.template', () => {
  it('names every variable', () => {
    const template = renderEnvTemplate();
    expect(names.filter((name) => !new RegExp(`^(?:# )?${name}=`, 'm').test(template))).toEqual([]);
  });

  it('starts the server without a warning once the two required values are filled in', () => {
    expect(parseConfig(REQUIRED, { '.env': renderEnvTemplate() }).warnings).toEqual([]);
  });

  it('shows defaults that the schema accepts', () => {
    const spelledOut = renderEnvTemplate().replace(/^# (?=[A-Z][A-Z0-9_]+=)/gm, '');
    const written = parseConfig(REQUIRED, { '.env': spelledOut });
    const silent = parseConfig(REQUIRED);
    for (const name of ['APP_PORT', 'JWT_REFRESH_TTL', 'MAX_UPLOAD_SIZE', 'CREATOR_ROLES'] as const) {
      expect(written.get(name)).toEqual(silent.get(name));
    }
  });
});

describe('.env.production.example', () => {
  it('is refused for its sample secret alone', () => {
    const attempt = (): unknown =>
      parseConfig({ APP_ENV: 'production' }, { '.env.production': renderEnvProductionExample() });
    expect(attempt).toThrow(ConfigError);
    expect(attempt).toThrow(/1 problem:\n {2}- JWT_SECRET is a known sample secret/);
  });

  it('starts with a secret of its own', () => {
    const config = parseConfig(
      { APP_ENV: 'production', JWT_SECRET: SECRET },
      { '.env.production': renderEnvProductionExample() },
    );
    expect(config.warnings).toEqual([]);
  });
});

describe('docs/configuration.md', () => {
  it('has a row for every variable', () => {
    const doc = renderConfigurationDoc();
    expect(names.filter((name) => !doc.includes(`| \`${name}\` |`))).toEqual([]);
  });
});

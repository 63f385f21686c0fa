import { readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** What the design wants in real use (design/stack.md); jest and supertest are used by the tests themselves. */
const IN_SOURCE = [
  '@nestjs/core',
  '@nestjs/common',
  '@nestjs/passport',
  '@nestjs/typeorm',
  '@nestjs/throttler',
  '@nestjs/swagger',
  '@nestjs/terminus',
  '@nestjs/schedule',
  'passport-jwt',
  'typeorm',
  'pg',
  'class-validator',
  'stripe',
];

const root = resolve(__dirname, '..', '..');

function sourcesBelow(folder: string): string {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(join(root, folder, file), 'utf8'))
    .join('\n');
}

describe('the packages of the design', () => {
  const source = sourcesBelow('src');
  const tests = sourcesBelow('test');

  it.each(IN_SOURCE)('%s is imported in src', (name) => {
    expect(source).toMatch(new RegExp(`^(import [^;]+ from|\\} from) '${name}';$`, 'm'));
  });

  it('jest and supertest are what the tests run on', () => {
    expect(tests).toContain("from 'supertest'");
    const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      devDependencies: object;
    };
    expect(Object.keys(manifest.devDependencies)).toEqual(expect.arrayContaining(['jest', 'supertest']));
  });
});

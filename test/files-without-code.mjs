import { readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformSync } from '@swc/core';

const projectRoot = fileURLToPath(new URL('..', import.meta.url));

/**
 * The files of src that hold types only. They compile to nothing, so nothing can load them, and V8 would count each
 * of their lines as missed.
 * @returns {string[]} patterns for Jest's collectCoverageFrom
 */
export function filesWithoutCode() {
  return readdirSync(join(projectRoot, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.spec.ts'))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .filter((file) => !hasCode(readFileSync(file, 'utf8')))
    .map((file) => `!${relative(projectRoot, file)}`);
}

function hasCode(source) {
  const { code } = transformSync(source, {
    swcrc: false,
    jsc: {
      target: 'es2022',
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true },
      preserveAllComments: false,
    },
    module: { type: 'es6' },
    minify: true,
  });
  return code.replaceAll('export{};', '').trim() !== '';
}

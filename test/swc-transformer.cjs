// Jest transformer: own TypeScript -> CommonJS; ESM files in node_modules -> CommonJS; CommonJS files in node_modules are left alone.
const fs = require('node:fs');
const path = require('node:path');
const crypto = require('node:crypto');
const { createTransformer } = require('@swc/jest');

const ts = createTransformer({
  swcrc: false,
  sourceMaps: 'inline',
  module: { type: 'commonjs' },
  jsc: {
    target: 'es2022',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
    keepClassNames: true,
  },
});
const esm = createTransformer({
  swcrc: false,
  sourceMaps: false,
  module: { type: 'commonjs' },
  jsc: { target: 'es2022', parser: { syntax: 'ecmascript' } },
});

const self = fs.readFileSync(__filename);
const types = new Map();
function isEsm(file) {
  if (file.endsWith('.mjs')) return true;
  if (file.endsWith('.cjs')) return false;
  const walk = (dir) => {
    if (types.has(dir)) return types.get(dir);
    let r = false;
    const pj = path.join(dir, 'package.json');
    if (fs.existsSync(pj)) r = JSON.parse(fs.readFileSync(pj, 'utf8')).type === 'module';
    else if (path.dirname(dir) !== dir && path.basename(dir) !== 'node_modules') r = walk(path.dirname(dir));
    types.set(dir, r);
    return r;
  };
  return walk(path.dirname(file));
}
// CommonJS files that contain import() must go through SWC as well, otherwise Jest's vm rejects the dynamic import.
const pick = (file, src) =>
  file.endsWith('.ts') ? ts : isEsm(file) || /\bimport\s*\(/.test(src) ? esm : null;

module.exports = {
  canInstrument: false,
  process(src, file, opts) {
    const t = pick(file, src);
    return t ? t.process(src, file, opts) : { code: src };
  },
  // the key must depend on THIS file and on the mode, or Jest serves stale output after an edit here
  getCacheKey(src, file, opts) {
    const t = pick(file, src);
    return crypto
      .createHash('sha1')
      .update(self)
      .update(t ? 't' : 'raw')
      .update((t ?? esm).getCacheKey(src, file, opts))
      .digest('hex');
  },
};

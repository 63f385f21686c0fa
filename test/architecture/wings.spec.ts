import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(__dirname, '..', '..');

describe('the wings', () => {
  it('leave a tree that compiles when src/legacy and its line are deleted', () => {
    const folder = mkdtempSync(join(tmpdir(), 'veza-core-only-'));
    try {
      for (const name of ['src', 'migrations', 'tsconfig.json', 'tsconfig.build.json', 'package.json']) {
        cpSync(join(root, name), join(folder, name), { recursive: true });
      }
      symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
      rmSync(join(folder, 'src', 'legacy'), { recursive: true });
      const file = join(folder, 'src', 'wings.ts');
      const kept = readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => !line.includes('./legacy/'))
        .join('\n')
        .replace(', legacyWing', '');
      writeFileSync(file, kept);
      const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
      const options = ['-p', 'tsconfig.build.json', '--noEmit', '--incremental', 'false'];
      execFileSync(process.execPath, [compiler, ...options], { cwd: folder, encoding: 'utf8' });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }, 180_000);
});

// `make security`: known vulnerabilities (npm audit) and secrets in tracked files. What could not be checked is said.
import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { inProject, projectRoot, requireNode } from './project.mjs';
import { SECRET_PATTERNS, looksRandom } from './secret-patterns.mjs';
import { runMain } from './sentence.mjs';

const MAX_FILE_BYTES = 2 * 1024 * 1024;
const NOT_SCANNED =
  /(?:^|\/)(?:package-lock\.json|secret-patterns\.mjs)$|\.(?:png|jpe?g|gif|ico|mp3|wav|flac|ogg|m4a|pdf|woff2?)$/;
/** Values made up for a test or an example are no secrets; a real provider's key is one everywhere. */
const MADE_UP = /\.spec\.ts$|\.e2e-spec\.ts$|^test\/|^bench\/|\.template$|\.example$|^docker\/|^docs\//;
const MADE_UP_ALLOWS = new Set(['assigned secret', 'address with a password']);

await runMain(async () => {
  requireNode();
  const skipped = [];
  const problems = [...scanSecrets(skipped), ...audit(skipped)];
  for (const problem of problems) console.error(`  ${problem}`);
  if (skipped.length > 0) console.log(`Skipped:\n${skipped.map((line) => `  ${line}`).join('\n')}`);
  console.log(problems.length === 0 ? 'Security: nothing found.' : `Security: ${problems.length} findings.`);
  return problems.length === 0 ? 0 : 1;
});

function scanSecrets(skipped) {
  const listed = spawnSync('git', ['ls-files', '-z'], { cwd: projectRoot, encoding: 'utf8' });
  if (listed.status !== 0) {
    skipped.push('secret scan: this is no git work tree, so there is no list of tracked files');
    return [];
  }
  const files = listed.stdout.split('\0').filter((file) => file !== '' && !NOT_SCANNED.test(file));
  const findings = files.flatMap((file) => findSecrets(file));
  console.log(`Secret scan: ${files.length} tracked files.`);
  return findings;
}

function findSecrets(file) {
  const path = inProject(file);
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat?.isFile() || stat.size > MAX_FILE_BYTES) return [];
  const content = readFileSync(path, 'utf8');
  return content.split('\n').flatMap((line, index) =>
    SECRET_PATTERNS.filter(({ name, pattern }) => {
      if (MADE_UP.test(file) && MADE_UP_ALLOWS.has(name)) return false;
      const match = pattern.exec(line);
      return match !== null && (match.groups?.value === undefined || looksRandom(match.groups.value));
    }).map(({ name }) => `${file}:${index + 1}: ${name}`),
  );
}

function audit(skipped) {
  const answer = spawnSync('npm', ['audit', '--omit=dev', '--json'], {
    cwd: projectRoot,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const report = parse(answer.stdout);
  if (!report?.metadata?.vulnerabilities) {
    const reason = report?.message ?? report?.error?.summary ?? firstLine(answer.stderr);
    skipped.push(`npm audit: the registry gave no answer (${reason || 'offline?'})`);
    return [];
  }
  const { high, critical } = report.metadata.vulnerabilities;
  console.log(`npm audit: ${JSON.stringify(report.metadata.vulnerabilities)} in production dependencies.`);
  if (high + critical === 0) return [];
  return Object.values(report.vulnerabilities ?? {})
    .filter(({ severity }) => severity === 'high' || severity === 'critical')
    .map(({ name, severity, range }) => `${name} ${range}: ${severity} vulnerability, see npm audit`);
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const firstLine = (text) => (text ?? '').split('\n').find((line) => line.includes('npm error')) ?? '';

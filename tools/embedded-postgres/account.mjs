import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * PostgreSQL refuses to run as root. Root therefore runs it as `postgres`, or as `nobody` where there is no
 * such user; everybody else runs it as themselves.
 * @returns {{ uid?: number, gid?: number, home?: string }}
 */
export function serverAccount() {
  if (process.getuid?.() !== 0) return {};
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  for (const name of ['postgres', 'nobody']) {
    const user = users.find((fields) => fields[0] === name);
    if (user) return { uid: Number(user[2]), gid: Number(user[3]) };
  }
  throw new Error(
    'PostgreSQL cannot run as root and there is no user "postgres" or "nobody": run as another user.',
  );
}

/**
 * Tells whether the account may enter the folder: a parent folder may be closed to others.
 * @param {string} folder
 * @param {{ uid?: number, gid?: number }} account
 */
export function canEnter(folder, account) {
  const answer = spawnSync('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], {
    cwd: '/',
    stdio: 'ignore',
    ...account,
  });
  return answer.status === 0;
}

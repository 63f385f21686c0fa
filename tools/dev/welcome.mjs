import { existsSync, readFileSync } from 'node:fs';
import { inProject, manifest } from './project.mjs';

/** Prints where everything is, who can sign in and what to try. */
export function printWelcome({ apiUrl, sandboxUrl, usesSandbox }) {
  const lines = [
    '',
    `Veza ${manifest.version} serves on ${apiUrl}`,
    `  API document    ${apiUrl}/swagger/index.html`,
    `  Health          ${apiUrl}/health   ${apiUrl}/status   ${apiUrl}/metrics`,
  ];
  if (usesSandbox)
    lines.push(`  Payment sandbox ${sandboxUrl}   (press "pay", "decline", "refund succeeded")`);
  lines.push(
    '',
    ...demoAccounts(),
    'Try',
    '  make demo                   the whole story: upload, sell, pay, download, transfer, refund',
  );
  lines.push('  make demo AUDIO=song.mp3    the same with a file of yours');
  lines.push(
    '  make seed                   the demo data again, in another terminal',
    '',
    'Ctrl-C stops everything.',
    '',
  );
  console.log(lines.join('\n'));
}

function demoAccounts() {
  const file = inProject('tools', 'seed', 'demo-accounts.json');
  if (!existsSync(file)) return [];
  const accounts = JSON.parse(readFileSync(file, 'utf8'));
  return [
    'Demo accounts',
    ...accounts.map(
      (account) => `  ${account.email.padEnd(26)} ${account.password.padEnd(20)} ${account.role}`,
    ),
    '',
  ];
}

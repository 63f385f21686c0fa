/** What a committed secret looks like; each pattern names what it finds. */
export const SECRET_PATTERNS = [
  {
    name: 'private key',
    pattern:
      /-----BEGIN (?:RSA |EC |DSA |OPENSSH |PGP |ENCRYPTED )?PRIVATE KEY(?: BLOCK)?-----\s*\\?n?[A-Za-z0-9+/=]{20}/,
  },
  { name: 'AWS access key', pattern: /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/ },
  { name: 'GitHub token', pattern: /\bgh[pousr]_[A-Za-z0-9]{36,}\b|\bgithub_pat_[A-Za-z0-9_]{60,}\b/ },
  { name: 'GitLab token', pattern: /\bglpat-[A-Za-z0-9_-]{20,}\b/ },
  { name: 'npm token', pattern: /\bnpm_[A-Za-z0-9]{36}\b/ },
  { name: 'Slack token', pattern: /\bxox[abprs]-[A-Za-z0-9-]{20,}\b/ },
  { name: 'Stripe live key', pattern: /\b[rs]k_live_[A-Za-z0-9]{16,}\b/ },
  { name: 'Google API key', pattern: /\bAIza[0-9A-Za-z_-]{35}\b/ },
  { name: 'SendGrid key', pattern: /\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}\b/ },
  {
    name: 'address with a password',
    pattern: /\b[a-z][a-z0-9+]{2,}:\/\/[^\s:@/'"`$<{]+:(?<value>[^\s:@/'"`$<{]{12,})@/,
  },
  {
    name: 'assigned secret',
    pattern:
      /(?:secret|password|passwd|token|api_?key|private_?key)["']?\s*[:=]\s*["'`]?(?<value>[A-Za-z0-9+/_=-]{24,})["'`]?/i,
  },
];

/** Words are no secrets, however long; random characters hold more than 3.7 bits each. */
export function looksRandom(value) {
  if (!/\d/.test(value) || !/[A-Za-z]/.test(value)) return false;
  const counts = new Map();
  for (const character of value) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / value.length) * Math.log2(count / value.length);
  return bits > 3.7;
}

import { randomBytes } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { inProject } from './project.mjs';

const secret = (bytes = 32) => randomBytes(bytes).toString('base64url');

/** Everything that `make run` needs; the production values are explained in .env.production.example. */
function developmentValues() {
  return `# Made by "make run" for development, with secrets of its own. Nothing here is fit for production:
# see .env.production.example and docs/configuration.md.
APP_ENV=development
APP_PORT=8080
JWT_SECRET=${secret(48)}
STREAM_SERVER_INTERNAL_API_KEY=${secret()}

# There is no virus scanner on a developer's machine: uploads are accepted unscanned.
CLAMAV_REQUIRED=false

# The payment sandbox (tools/psp-sandbox) plays both providers.
PSP_SANDBOX_PORT=8090
HYPERSWITCH_URL=http://127.0.0.1:8090
HYPERSWITCH_API_KEY=snd_${secret(24)}
HYPERSWITCH_WEBHOOK_SECRET=${secret()}
STRIPE_API_URL=http://127.0.0.1:8090
STRIPE_SECRET_KEY=sk_test_${secret(24)}
STRIPE_WEBHOOK_SECRET=whsec_${secret()}
STRIPE_CONNECT_WEBHOOK_SECRET=whsec_${secret()}

# Unset: "make run" starts a PostgreSQL of its own in .data/postgres.
# DATABASE_URL=postgres://user:password@127.0.0.1:5432/veza
`;
}

/** Writes \`.env\` when there is none. */
export function createEnvFile() {
  const file = inProject('.env');
  if (existsSync(file)) return;
  writeFileSync(file, developmentValues(), { mode: 0o600 });
  console.log(
    'Made .env with fresh secrets and development values (CLAMAV_REQUIRED=false: uploads are not scanned).',
  );
}

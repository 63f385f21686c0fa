import { base64Key, choice, duration, flag, integer, list, port, text, url } from '../value-types.js';
import { byEnvironment, optional, required, withDefault } from '../variable.js';

const NO_OAUTH = { adapter: 'absent', adapterNote: 'sign-in with another provider is not offered' } as const;

function oauth(description: string) {
  return optional(text(), { description, ...NO_OAUTH });
}

function oauthSecret(description: string) {
  return optional(text(), { description, isSecret: true, ...NO_OAUTH });
}

function oauthUrl(description: string) {
  return optional(url('http', 'https'), { description, ...NO_OAUTH });
}

export const identityVariables = {
  JWT_SECRET: required(text({ minLength: 32 }), {
    description:
      'Signs access tokens; at least 32 characters (S0). Other keys are derived from it when unset.',
    isSecret: true,
    productionExample: 'replace-me-with-the-output-of-openssl-rand-base64-48',
  }),
  JWT_PREVIOUS_SECRETS: withDefault(list(), '', {
    description: 'Former secrets, comma list: tokens signed with them are still accepted, none is issued.',
    isSecret: true,
  }),
  JWT_EXPIRATION: withDefault(duration({ min: 1_000 }), byEnvironment('15m', '1h'), {
    description: 'Life of an access token (09 C46).',
    defaultNote: '15m in staging and production, 1h in development and test',
  }),
  JWT_REFRESH_TTL: withDefault(duration({ min: 1_000 }), '7d', {
    description: 'Life of a refresh token, renewed by each rotation (09 C2).',
  }),
  JWT_REFRESH_FAMILY_TTL: withDefault(duration({ min: 1_000 }), '30d', {
    description: 'A session ends at the latest after this time; remember_me uses it as well (09 C2).',
  }),
  JWT_ISSUER: withDefault(text(), 'veza-api', { description: 'Claim iss (S0).' }),
  JWT_AUDIENCE: withDefault(text(), 'veza-app', { description: 'Claim aud (S0).' }),
  CREATOR_ROLES: withDefault(list(), 'creator,artist,producer,label,admin', {
    description: 'Roles that may upload and sell (09 C55).',
  }),
  REQUIRE_EMAIL_VERIFICATION: withDefault(flag(), 'false', {
    description: 'A new account gets no tokens until its mail address is verified (09 C21).',
    adapter: 'absent',
    adapterNote: 'accounts work without verification',
    adapterIgnores: ['false'],
  }),
  ENCRYPTION_KEY: optional(base64Key(32), {
    description: 'Encrypts stored secrets; 32 bytes in base64.',
    isSecret: true,
    defaultNote: 'derived from JWT_SECRET',
    adapter: 'absent',
    adapterNote: 'no stored secret needs it',
  }),
  OAUTH_GOOGLE_CLIENT_ID: oauth('Client id at Google.'),
  OAUTH_GOOGLE_CLIENT_SECRET: oauthSecret('Client secret at Google.'),
  OAUTH_GOOGLE_AUTHORIZE_URL: oauthUrl('Google: replaces the authorization endpoint.'),
  OAUTH_GOOGLE_TOKEN_URL: oauthUrl('Google: replaces the token endpoint.'),
  OAUTH_GOOGLE_USERINFO_URL: oauthUrl('Google: replaces the user-info endpoint.'),
  OAUTH_GITHUB_CLIENT_ID: oauth('Client id at GitHub.'),
  OAUTH_GITHUB_CLIENT_SECRET: oauthSecret('Client secret at GitHub.'),
  OAUTH_GITHUB_AUTHORIZE_URL: oauthUrl('GitHub: replaces the authorization endpoint.'),
  OAUTH_GITHUB_TOKEN_URL: oauthUrl('GitHub: replaces the token endpoint.'),
  OAUTH_GITHUB_USERINFO_URL: oauthUrl('GitHub: replaces the user-info endpoint.'),
} as const;

const NO_CHAT = { adapter: 'absent', adapterNote: 'this server holds no chat' } as const;

export const chatVariables = {
  CHAT_SERVER_URL: withDefault(url('http', 'https'), 'http://localhost:8081', {
    description: 'Chat server (S0). /status probes it when the variable is set.',
    adapter: 'partial',
    adapterNote: 'used by /status only',
  }),
  CHAT_JWT_SECRET: optional(text({ minLength: 32 }), {
    description: 'Signs chat tokens (S0).',
    isSecret: true,
    defaultNote: 'JWT_SECRET',
    adapter: 'absent',
    adapterNote: 'no chat token is issued',
  }),
  CHAT_JWT_ISSUER: withDefault(text(), 'veza-api', {
    description: 'Claim iss of a chat token.',
    adapter: 'absent',
    adapterNote: 'no chat token is issued',
  }),
  CHAT_PORT: withDefault(port(), '8081', { description: 'Port of a chat process (09 C81).', ...NO_CHAT }),
  CHAT_MAX_MESSAGE_LENGTH: withDefault(integer({ min: 1, max: 4_000 }), '2000', {
    description: 'Longest chat message in characters (09 C62).',
    ...NO_CHAT,
  }),
  CHAT_RATE_LIMIT: withDefault(integer({ min: 1 }), '60', {
    description: 'Chat messages per user and minute (09 C63).',
    ...NO_CHAT,
  }),
} as const;

export const mailVariables = {
  SMTP_HOST: optional(text(), {
    description: 'Mail server. Empty: mails are written as .eml files to MAIL_DIR (development).',
    productionExample: 'smtp.example.com',
  }),
  SMTP_PORT: withDefault(port(), '587', { description: 'Port of the mail server.' }),
  SMTP_USERNAME: optional(text(), { description: 'Account at the mail server.' }),
  SMTP_PASSWORD: optional(text(), { description: 'Password of that account.', isSecret: true }),
  SMTP_FROM: withDefault(text(), 'no-reply@veza.local', {
    description: 'Sender address.',
    productionExample: 'no-reply@example.com',
  }),
  SMTP_FROM_NAME: withDefault(text(), 'Veza', { description: 'Sender name.' }),
  SMTP_TLS: withDefault(choice(['auto', 'always', 'never']), 'auto', {
    description:
      'auto: TLS on port 465, else STARTTLS when offered; always: no mail without TLS; never: plain text.',
  }),
  MAIL_DIR: withDefault(text(), '.data/mail', { description: 'Folder of the .eml files.' }),
} as const;

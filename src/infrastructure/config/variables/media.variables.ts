import {
  choice,
  cronExpression,
  duration,
  durationList,
  flag,
  hostAndPort,
  integer,
  port,
  size,
  text,
  url,
} from '../value-types.js';
import { byEnvironment, optional, withDefault } from '../variable.js';

const NO_S3 = { adapter: 'absent', adapterNote: 'files are kept in UPLOAD_DIR' } as const;

export const mediaVariables = {
  UPLOAD_DIR: withDefault(text(), 'uploads', {
    description: 'Folder of uploaded files, relative to the folder the server is started in (S0).',
    productionExample: '/var/lib/veza/uploads',
  }),
  MAX_CONCURRENT_UPLOADS: withDefault(integer({ min: 1 }), '10', {
    description: 'Uploads at the same time; one more gets 503 with Retry-After (S0).',
  }),
  MAX_UPLOAD_SIZE: withDefault(size(), '100MB', { description: 'Largest audio file.' }),
  MAX_TRACK_DURATION: withDefault(duration({ min: 1_000 }), '10m', { description: 'Longest track.' }),
  STORAGE_DRIVER: withDefault(choice(['local', 's3']), 'local', {
    description: 'Where files are kept.',
    ...NO_S3,
    adapterIgnores: ['local'],
  }),
  S3_ENDPOINT: optional(url('http', 'https'), { description: 'S3-compatible storage.', ...NO_S3 }),
  S3_REGION: optional(text(), { description: 'Region of the bucket.', ...NO_S3 }),
  S3_BUCKET: optional(text(), { description: 'Name of the bucket.', ...NO_S3 }),
  S3_ACCESS_KEY: optional(text(), { description: 'Access key.', isSecret: true, ...NO_S3 }),
  S3_SECRET_KEY: optional(text(), { description: 'Secret key.', isSecret: true, ...NO_S3 }),
  SIGNED_URL_SECRET: optional(text({ minLength: 32 }), {
    description: 'Signs download and stream links.',
    isSecret: true,
    defaultNote: 'derived from JWT_SECRET',
  }),
  SIGNED_URL_TTL: withDefault(duration({ min: 1_000 }), '1h', { description: 'Life of such a link.' }),
  MEDIA_PROCESSOR: withDefault(choice(['embedded', 'external']), 'embedded', {
    description: "Who analyses uploads: this process, or the stream server's callback (09 C57).",
  }),
  MEDIA_CONCURRENCY: withDefault(integer({ min: 1, max: 64 }), '2', {
    description: 'Files analysed at the same time in one process.',
  }),
  MEDIA_LEASE: withDefault(duration({ min: 1_000 }), '1m', {
    description: 'A media job of a worker that died is taken over after this time.',
  }),
  FFMPEG_PATH: withDefault(text(), 'ffmpeg', {
    description: 'ffmpeg, for audio formats that this product cannot read itself.',
    adapter: 'absent',
    adapterNote: 'such files are refused with a reason',
  }),
  ORPHAN_TRACK_TIMEOUT: withDefault(duration({ min: 1_000 }), '1h', {
    description: 'A track that is still processing after this time, without a job, is cleaned up.',
  }),
  STREAM_SERVER_URL: withDefault(url('http', 'https'), 'http://localhost:8082', {
    description: 'Stream server (S0). /status probes it when the variable is set.',
    adapter: 'partial',
    adapterNote: 'used by /status only',
  }),
  STREAM_SERVER_INTERNAL_API_KEY: optional(text(), {
    description: "Shared key of the internal callbacks; equals the stream server's INTERNAL_API_KEY (S0).",
    isSecret: true,
  }),
  CLAMAV_REQUIRED: withDefault(flag(), byEnvironment('true', 'false'), {
    description:
      'true: uploads are refused while the virus scanner is away; false: they pass unscanned (S0).',
    defaultNote: 'true in staging and production, false in development and test',
  }),
  CLAMAV_ADDRESS: withDefault(hostAndPort(), 'localhost:3310', {
    description:
      'clamd (S0). Its StreamMaxLength and MaxFileSize must not be below MAX_UPLOAD_SIZE (docker/clamd.conf).',
  }),
  CLAMAV_TIMEOUT: withDefault(duration({ min: 1 }), '30s', { description: 'Longest scan of one file.' }),
} as const;

export const paymentVariables = {
  PAYMENT_PROVIDER: withDefault(choice(['hyperswitch']), 'hyperswitch', {
    description: 'Who takes payments.',
  }),
  HYPERSWITCH_URL: optional(url('http', 'https'), {
    description: 'Hyperswitch router.',
    productionExample: 'https://api.hyperswitch.io',
  }),
  HYPERSWITCH_API_KEY: optional(text(), { description: 'API key at Hyperswitch.', isSecret: true }),
  HYPERSWITCH_WEBHOOK_SECRET: optional(text(), {
    description: 'Verifies incoming webhooks (HMAC-SHA512 over the raw body).',
    isSecret: true,
  }),
  HYPERSWITCH_WEBHOOK_SECRET_PREVIOUS: optional(text(), {
    description: 'The secret before, accepted while it is being replaced.',
    isSecret: true,
  }),
  PAYOUT_PROVIDER: withDefault(choice(['stripe']), 'stripe', { description: 'Who pays sellers.' }),
  STRIPE_SECRET_KEY: optional(text(), { description: 'Secret key at Stripe.', isSecret: true }),
  STRIPE_API_URL: optional(url('http', 'https'), { description: "Replaces Stripe's own address." }),
  STRIPE_WEBHOOK_SECRET: optional(text(), {
    description: 'Verifies webhooks of the platform.',
    isSecret: true,
  }),
  STRIPE_CONNECT_WEBHOOK_SECRET: optional(text(), {
    description: 'Verifies webhooks of connected accounts.',
    isSecret: true,
  }),
  PSP_TIMEOUT: withDefault(duration({ min: 1 }), '10s', { description: 'Longest wait for a provider.' }),
  PLATFORM_FEE_BPS: withDefault(integer({ max: 10_000 }), '1000', {
    description: 'Fee of the platform in basis points; 1000 is 10 %.',
  }),
  TRANSFER_HOLD_DAYS: withDefault(integer({ max: 365 }), '0', {
    description: 'Days between a sale and the transfer to its seller.',
  }),
  TRANSFERS_PAUSED: withDefault(flag(), 'false', { description: 'true: no transfer is sent to any seller.' }),
  TRANSFER_UNKNOWN_STEPS: withDefault(durationList(), '30s,2m,10m,1h', {
    description:
      'Waits before a transfer or reversal of unknown outcome is looked up again; the last repeats.',
  }),
  TRANSFER_ARRIVAL_GRACE: withDefault(duration({ min: 1_000 }), '10m', {
    description:
      'A transfer or reversal that the provider has not seen this long after it was sent will not arrive.',
  }),
  TRANSFER_SHORT_STEPS: withDefault(durationList(), '1h,6h,24h', {
    description: 'Waits while a balance is too short for a transfer or reversal; the last repeats.',
  }),
  TRANSFER_REFUSED_STEPS: withDefault(durationList(), '1m,10m,1h,6h', {
    description: 'Waits after other definite refusals of a transfer, which fails for good at the fifth.',
  }),
  REFUND_POLL_AUTHORITATIVE: withDefault(flag(), 'true', {
    description:
      'A refund asked for at the provider counts like its webhook; false: it is only put on the exceptions list.',
  }),
  PAYMENT_SWEEP_STEPS: withDefault(durationList(), '15m,30m,1h,6h,24h', {
    description:
      'Ages at which an order that is not paid is asked for at the provider; at the last one its open payment is cancelled.',
  }),
  REFUND_SWEEP_STEPS: withDefault(durationList(), '2m,10m,1h,6h,24h', {
    description:
      'Ages at which a pending refund is asked for at the provider; after the last one again at its interval, and it is on the exceptions list.',
  }),
  FOUR_EYES_AMOUNT: withDefault(integer(), '100000', {
    description:
      'Above this amount (minor units of whatever currency) a second admin must allow what an admin does with money; 0: always.',
  }),
  MONEY_SWEEP_CRON: withDefault(cronExpression(), '* * * * *', {
    description: 'When the jobs look for refunds, payments, transfers and reversals that are due, in UTC.',
  }),
  PSP_SANDBOX_PORT: withDefault(port(), '8090', {
    description: 'Port of the payment sandbox. Refused in staging and production.',
  }),
} as const;

import { exponentialBuckets } from 'prom-client';
import { define } from './metric-definition.js';
import { PAYMENT_METRIC_DEFINITIONS } from './payment-metric-definitions.js';

const HTTP_LABELS = ['method', 'endpoint', 'status_code'] as const;

/** The eleven metrics of spec 06, under exactly these names, and those of money. */
export const METRIC_DEFINITIONS = {
  veza_http_requests_total: define(
    'counter',
    'Answered requests; endpoint is the route pattern, or unmatched.',
    HTTP_LABELS,
  ),
  veza_http_request_duration_seconds: define(
    'histogram',
    'Time until the answer was sent.',
    HTTP_LABELS,
    exponentialBuckets(0.001, 2, 15),
  ),
  veza_auth_login_attempts_total: define('counter', 'Login attempts and their outcome.', [
    'operation',
    'status',
  ]),
  veza_auth_sessions_active: define('gauge', 'Sessions that are neither ended nor expired.'),
  veza_database_query_duration_seconds: define(
    'histogram',
    'Time of one SQL statement.',
    ['operation', 'table', 'status'],
    exponentialBuckets(0.001, 2, 12),
  ),
  veza_database_connections_active: define('gauge', 'Connections of this process that run a statement.'),
  veza_tracks_uploaded_total: define('counter', 'Tracks whose upload was accepted.'),
  veza_users_registered_total: define('counter', 'Accounts that were created.'),
  veza_playlists_created_total: define('counter', 'Playlists that were created.'),
  veza_file_uploads_total: define('counter', 'Files that were stored, by kind.', ['kind']),
  veza_uploads_failed_total: define('counter', 'Uploads that were refused or broke off, by error code.', [
    'reason',
  ]),
  ...PAYMENT_METRIC_DEFINITIONS,
} as const;

export type MetricName = keyof typeof METRIC_DEFINITIONS;

import { isUuid } from '../../../common/ids/index.js';

/** What an access token says (S0, with `username`, `sid` and `typ`); times in seconds. */
export interface AccessTokenClaims {
  sub: string;
  iss: string;
  aud: string;
  iat: number;
  exp: number;
  jti: string;
  /** The session; it can be ended before the token expires. */
  sid: string;
  typ: 'access';
  token_version: number;
  role: string;
  username: string;
}

/** The claims of an access token, or null when the payload is anything else, such as another token type. */
export function readAccessTokenClaims(payload: unknown): AccessTokenClaims | null {
  if (typeof payload !== 'object' || payload === null) return null;
  const { typ, sub, sid, exp, token_version: version } = payload as Record<string, unknown>;
  const isAccessToken =
    typ === 'access' &&
    typeof sub === 'string' &&
    isUuid(sub) &&
    typeof sid === 'string' &&
    isUuid(sid) &&
    typeof exp === 'number' &&
    typeof version === 'number';
  return isAccessToken ? (payload as AccessTokenClaims) : null;
}

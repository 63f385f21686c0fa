/** The authenticated caller, as the guard attaches it to the request. */
export interface RequestUser {
  id: string;
  username: string;
  role: string;
  sessionId: string;
  permissions: ReadonlySet<string>;
}

/** A request that the access guard has passed. */
export interface AuthenticatedRequest {
  user?: RequestUser;
}

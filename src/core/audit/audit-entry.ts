/** What somebody did, as the business reports it. */
export interface AuditEntry {
  /** `module.past_tense`, such as `auth.logged_out`. */
  action: string;
  resourceType: string;
  resourceId?: string;
  /** False for what was tried and refused. Default true. */
  success?: boolean;
  details?: object;
  oldValues?: object;
  newValues?: object;
  /** The actor, where it is not the caller of the present request; null for the system itself. */
  userId?: string | null;
  sessionId?: string | null;
}

/** An entry as it is stored and shown (spec 02 and 04). */
export interface AuditLog {
  id: string;
  userId: string | null;
  sessionId: string | null;
  action: string;
  resourceType: string;
  resourceId: string | null;
  success: boolean;
  details: object | null;
  oldValues: object | null;
  newValues: object | null;
  ipAddress: string | null;
  userAgent: string | null;
  requestId: string | null;
  createdAt: Date;
}

/** Which entries are asked for; bounds are inclusive. */
export interface AuditFilter {
  userId?: string;
  action?: string;
  resourceType?: string;
  from?: Date;
  to?: Date;
}

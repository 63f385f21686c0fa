import { isIP } from 'node:net';
import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { ClsService, type ClsStore } from 'nestjs-cls';

interface RequestStore extends ClsStore {
  requestId?: string;
  ip?: string;
  userAgent?: string;
  userId?: string;
  sessionId?: string;
}

/** What is known of the request that the present call belongs to; empty outside a request. */
@Injectable()
export class RequestContext {
  constructor(private readonly cls: ClsService<RequestStore>) {}

  /** The id that the answer, the log and the audit share. */
  get requestId(): string | undefined {
    return this.read('requestId');
  }

  /** The caller's address, as TRUST_PROXY lets it be known. */
  get ip(): string | undefined {
    return this.read('ip');
  }

  get userAgent(): string | undefined {
    return this.read('userAgent');
  }

  /** The authenticated caller, set by the access guard. */
  get userId(): string | undefined {
    return this.read('userId');
  }

  get sessionId(): string | undefined {
    return this.read('sessionId');
  }

  /** Called by the access guard once the caller is known. */
  identify(userId: string, sessionId: string): void {
    if (!this.cls.isActive()) return;
    this.cls.set('userId', userId);
    this.cls.set('sessionId', sessionId);
  }

  private read(key: keyof RequestStore & string): string | undefined {
    return this.cls.isActive() ? this.cls.get<string | undefined>(key) : undefined;
  }
}

/**
 * The caller's address, as TRUST_PROXY lets it be known. A proxy may write a port behind it; what is no address at
 * all counts as the address of the connection.
 */
export function callerAddressOf({ ip, socket }: Pick<FastifyRequest, 'ip' | 'socket'>): string {
  const bare = /^\[([^\]]+)\](?::\d+)?$/.exec(ip)?.[1] ?? /^([\d.]+):\d+$/.exec(ip)?.[1] ?? ip;
  return isIP(bare) === 0 ? (socket.remoteAddress ?? '0.0.0.0') : bare;
}

import { createHash, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { AppConfig } from '../config/index.js';

/** What is looked at to tell an operator from a stranger. */
export type OperatorRequest = Pick<FastifyRequest, 'headers' | 'socket'>;

const LOOPBACK = /^(?:::1|(?:::ffff:)?127(?:\.\d{1,3}){3})$/;

/** Who may see operational details (spec 05: METRICS_TOKEN). */
@Injectable()
export class OperatorAccess {
  constructor(private readonly config: AppConfig) {}

  /** With METRICS_TOKEN its bearer; without it anybody, in staging and production only from this machine. */
  isOperator(request: OperatorRequest): boolean {
    const token = this.config.get('METRICS_TOKEN');
    if (token !== undefined) return isSame(request.headers.authorization, `Bearer ${token}`);
    return !this.config.isProductionLike || isFromThisMachine(request);
  }

  /** Whether a token is what the caller lacks. */
  get isTokenRequired(): boolean {
    return this.config.isSet('METRICS_TOKEN');
  }
}

/** A proxy on this machine hands on requests of strangers: then loopback proves nothing. */
function isFromThisMachine({ headers, socket }: OperatorRequest): boolean {
  if (headers['x-forwarded-for'] !== undefined || headers['forwarded'] !== undefined) return false;
  return LOOPBACK.test(socket.remoteAddress ?? '');
}

function isSame(given: string | undefined, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return given !== undefined && timingSafeEqual(digest(given), digest(expected));
}

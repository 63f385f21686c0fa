// The package has no types of its own; this is what the tests use of it.
declare module 'smtp-server' {
  import type { Readable } from 'node:stream';
  import type { Server } from 'node:net';

  export interface SMTPServerAddress {
    address: string;
  }

  export interface SMTPServerSession {
    user?: string;
    envelope: { mailFrom: SMTPServerAddress | false; rcptTo: SMTPServerAddress[] };
  }

  export interface SMTPServerOptions {
    disabledCommands?: string[];
    authOptional?: boolean;
    onAuth?(
      auth: { username?: string; password?: string },
      session: SMTPServerSession,
      callback: (error: Error | null, response?: { user: string }) => void,
    ): void;
    onRcptTo?(
      address: SMTPServerAddress,
      session: SMTPServerSession,
      callback: (error?: Error | null) => void,
    ): void;
    onData?(stream: Readable, session: SMTPServerSession, callback: (error?: Error | null) => void): void;
  }

  export class SMTPServer {
    readonly server: Server;
    constructor(options: SMTPServerOptions);
    listen(port: number, host: string, callback: () => void): void;
    close(callback: () => void): void;
    on(event: 'error', listener: (error: Error) => void): this;
  }
}

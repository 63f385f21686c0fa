import { buffer } from 'node:stream/consumers';
import type { AddressInfo } from 'node:net';
import PostalMime, { type Email } from 'postal-mime';
import { SMTPServer } from 'smtp-server';

/** A mail as it arrived, parsed by a library that did not build it. */
export interface ReceivedMail {
  recipients: string[];
  /** Who had signed in. */
  user: string;
  email: Email;
}

/** A real SMTP server in this process; it takes mails until `refuse` says otherwise. */
export interface MailServer {
  port: number;
  received: ReceivedMail[];
  /** Who signed in, last. */
  signedIn: string | null;
  /** The SMTP code with which the next recipients are refused; null takes them. */
  refuseWith: number | null;
  /** Leaves clients waiting for the answer to their recipient until `letGo`. */
  hold(): void;
  letGo(): void;
  heldCount(): number;
  stop(): Promise<void>;
}

/** Starts it on a port of the loopback; 0 takes a free one. */
export async function startMailServer(port = 0): Promise<MailServer> {
  const state: Pick<MailServer, 'received' | 'signedIn' | 'refuseWith'> = {
    received: [],
    signedIn: null,
    refuseWith: null,
  };
  let isHolding = false;
  const held: (() => void)[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onAuth(auth, _session, callback) {
      state.signedIn = `${auth.username ?? ''}:${auth.password ?? ''}`;
      callback(null, { user: auth.username ?? '' });
    },
    onRcptTo(_address, _session, callback) {
      if (isHolding) held.push(callback);
      else if (state.refuseWith === null) callback();
      else callback(Object.assign(new Error('Refused'), { responseCode: state.refuseWith }));
    },
    onData(stream, session, callback) {
      buffer(stream)
        .then((bytes) => PostalMime.parse(bytes))
        .then((email) => {
          const recipients = session.envelope.rcptTo.map(({ address }) => address);
          state.received.push({ recipients, user: session.user ?? '', email });
          callback();
        }, callback);
    },
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => {
    server.listen(port, '127.0.0.1', resolve);
  });
  return Object.assign(state, {
    port: (server.server.address() as AddressInfo).port,
    hold: () => {
      isHolding = true;
    },
    letGo: () => {
      isHolding = false;
      for (const answer of held.splice(0)) answer();
    },
    heldCount: () => held.length,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(resolve);
      }),
  });
}

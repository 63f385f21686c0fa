import { connect } from 'node:net';

/**
 * Sends PING to a virus scanner at `host:port`.
 * @throws Error when it cannot be reached, answers something else, or is silent until the signal.
 */
export function pingClamd(address: string, signal: AbortSignal): Promise<void> {
  const [host = 'localhost', port = '3310'] = address.split(':');
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port: Number(port) });
    const end = (error: Error | null): void => {
      socket.destroy();
      if (error) reject(error);
      else resolve();
    };
    signal.addEventListener('abort', () => end(new Error('clamd does not answer')), { once: true });
    socket.on('connect', () => socket.write('zPING\0'));
    socket.on('error', end);
    socket.on('close', () => end(new Error('clamd closed the connection')));
    socket.once('data', (answer) =>
      end(answer.toString('latin1').startsWith('PONG') ? null : new Error('clamd gave no PONG')),
    );
  });
}

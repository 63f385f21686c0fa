import { spawnSync } from 'node:child_process';

const KNOCK = `
  const [host, port] = process.argv.slice(1);
  const socket = require('node:net').connect({ host, port: Number(port), timeout: 1000 });
  const leave = (code) => { socket.destroy(); process.exit(code); };
  socket.on('connect', () => leave(0)).on('error', () => leave(1)).on('timeout', () => leave(1));
`;

/** An outside service that a suite in test/services talks to. */
export interface OutsideService {
  readonly url: string;
  readonly isThere: boolean;
  /** Why the suite is skipped when it is not there. */
  readonly reason: string;
}

/** Looks for a service before the suites are declared, which Jest wants to know at once. */
export function findService(variable: string, fallback: string): OutsideService {
  const url = process.env[variable] ?? fallback;
  const { hostname, port } = new URL(url);
  const isThere = spawnSync(process.execPath, ['-e', KNOCK, hostname, port]).status === 0;
  return { url, isThere, reason: `nothing answers at ${hostname}:${port} (set ${variable})` };
}

import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { waitFor } from '../support/wait-for.js';

const projectRoot = process.cwd();

/** Folder of the providers' own documents: CONTRACTS_DIR, else `../shared/contracts` beside the project. */
export const contractsDir = resolve(projectRoot, process.env.CONTRACTS_DIR ?? '../shared/contracts');

export const hasContracts = existsSync(join(contractsDir, 'hyperswitch-v1.openapi.json'));

export const NO_CONTRACTS = `the providers' OpenAPI documents are not in ${contractsDir} (set CONTRACTS_DIR)`;

/** A running `prism proxy --errors`: it refuses calls and answers that break the document. */
export interface Prism {
  url: string;
  close: () => Promise<void>;
}

/** Puts the document between a client and `upstream`. */
export async function startPrism(documentName: string, upstream: string): Promise<Prism> {
  const port = await freePort();
  const program = join(projectRoot, 'node_modules', '.bin', 'prism');
  const document = join(contractsDir, documentName);
  const child = spawn(
    program,
    ['proxy', document, upstream, '--errors', '--port', String(port), '--host', '127.0.0.1'],
    { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, SCARF_ANALYTICS: 'false' } },
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  await waitFor(() => output.includes('is listening on') || child.exitCode !== null, {
    timeoutMs: 40_000,
    what: 'prism',
  });
  if (child.exitCode !== null) throw new Error(`prism did not start: ${output}`);
  return { url: `http://127.0.0.1:${String(port)}`, close: () => stop(child) };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const closed = new Promise((done) => {
    child.once('close', done);
  });
  child.kill('SIGTERM');
  await closed;
}

function freePort(): Promise<number> {
  return new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => {
        done(port);
      });
    });
  });
}

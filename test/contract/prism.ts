import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
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
  const folder = mkdtempSync(join(tmpdir(), 'prism-'));
  const document = join(folder, documentName);
  writeFileSync(
    document,
    JSON.stringify(compilable(JSON.parse(readFileSync(join(contractsDir, documentName), 'utf8')))),
  );
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
  return { url: `http://127.0.0.1:${String(port)}`, close: () => stop(child, folder) };
}

/**
 * Rewrites what Prism's validator cannot compile, because it skips such a schema as a whole without a word:
 * `nullable` without a type means nothing, an empty list of values means null only.
 */
function compilable(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(compilable);
  if (typeof node !== 'object' || node === null) return node;
  const copy = Object.fromEntries(Object.entries(node).map(([name, value]) => [name, compilable(value)]));
  if (copy['nullable'] === true && copy['type'] === undefined) delete copy['nullable'];
  if (Array.isArray(copy['enum']) && copy['enum'].length === 0) {
    delete copy['enum'];
    return { ...copy, minLength: 1, maxLength: 0 };
  }
  return copy;
}

async function stop(child: ChildProcess, folder: string): Promise<void> {
  rmSync(folder, { recursive: true });
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

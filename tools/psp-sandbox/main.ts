import { readEnvironment } from './environment.js';
import { createSandbox } from './index.js';

/** Exit code for a configuration that must not run (EX_CONFIG). */
const EXIT_CONFIGURATION = 78;

function giveUp(sentence: string, exitCode: number): never {
  process.stderr.write(`${sentence}\n`);
  process.exit(exitCode);
}

async function main(): Promise<void> {
  const options = readEnvironment(process.env);
  if (typeof options === 'string') giveUp(options, EXIT_CONFIGURATION);
  const sandbox = await createSandbox(options);
  process.stdout.write(`Payment sandbox on ${sandbox.url} (Hyperswitch and Stripe, no real money)\n`);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      void sandbox.close().then(() => process.exit(0));
    });
  }
}

main().catch((error: unknown) => {
  const isPortTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
  if (isPortTaken)
    giveUp('The port of the payment sandbox is in use; set PSP_SANDBOX_PORT to another one.', 1);
  giveUp(error instanceof Error ? error.message : 'The payment sandbox could not start.', 1);
});

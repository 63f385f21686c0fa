/** A problem that the user can solve: its message is one clear sentence and no stack is printed. */
export class Sentence extends Error {}

/**
 * Runs a launcher's main function; a Sentence ends it with exit code 1 and nothing but the sentence.
 * @param {() => Promise<number | void>} main gives the exit code
 */
export async function runMain(main) {
  try {
    process.exitCode = (await main()) ?? 0;
  } catch (error) {
    const isForUser = error instanceof Sentence || !(error instanceof Error) || error.name === 'Error';
    console.error(isForUser ? `\n${error.message ?? error}` : error);
    process.exitCode = 1;
  }
}

/** Rejects once the signal is aborted; never resolves. */
export function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const fail = (): void => reject(new Error('no answer in time'));
    if (signal.aborted) fail();
    signal.addEventListener('abort', fail, { once: true });
  });
}

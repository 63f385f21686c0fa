/**
 * Asks a server over HTTP.
 * @throws Error when there is no answer, or when `accepts` refuses its status.
 */
export async function askHttp(
  url: string,
  signal: AbortSignal,
  accepts: (status: number) => boolean = (status) => status >= 200 && status < 300,
): Promise<void> {
  const response = await fetch(url, { signal, redirect: 'manual' });
  await response.body?.cancel();
  if (!accepts(response.status)) throw new Error(`${url} answered ${response.status}`);
}

/** An id of a provider or of ours, such as `pay_01j9...`, `tr_...` or `acct_...`. */
const ID = /^[a-z]+_[A-Za-z0-9]{8,}$/;

/** Method and path with `:id` for ids and without the query, so that there are few of them. */
export function operationOf(method: string, path: string): string {
  const [route = ''] = path.split('?');
  const segments = route.split('/').map((segment) => (ID.test(segment) ? ':id' : segment));
  return `${method} ${segments.join('/')}`;
}

/** How an answer is to be understood (08 1.3, 2.2); null: none could be read. */
export function outcomeOf(statusCode: number | null): 'ok' | 'refused' | 'ambiguous' | 'misconfigured' {
  if (statusCode === null || statusCode === 409 || statusCode === 429 || statusCode >= 500)
    return 'ambiguous';
  if (statusCode === 401) return 'misconfigured';
  return statusCode >= 400 ? 'refused' : 'ok';
}

/** Pagination by page number, with the total counted (S4). */
export interface PageInfo {
  page: number;
  limit: number;
  total: number;
  total_pages: number;
  has_next: boolean;
  has_prev: boolean;
  next_cursor: string | null;
}

/** Pagination by cursor: no total is computed (09 C52). */
export interface CursorInfo {
  limit: number;
  has_next: boolean;
  next_cursor: string | null;
}

/** A page of a list; the envelope shows `items` as `data` with `pagination` beside it. */
export class Paginated<T> {
  private constructor(
    readonly items: T[],
    readonly pagination: PageInfo | CursorInfo,
  ) {}

  /** A page asked for by number. */
  static ofPage<T>(
    items: T[],
    {
      page,
      limit,
      total,
      nextCursor,
    }: { page: number; limit: number; total: number; nextCursor?: string | null },
  ): Paginated<T> {
    const totalPages = Math.ceil(total / limit);
    return new Paginated(items, {
      page,
      limit,
      total,
      total_pages: totalPages,
      has_next: page < totalPages,
      has_prev: page > 1,
      next_cursor: nextCursor ?? null,
    });
  }

  /** A page asked for by cursor; `nextCursor` null says that it is the last one. */
  static ofCursor<T>(
    items: T[],
    { limit, nextCursor }: { limit: number; nextCursor: string | null },
  ): Paginated<T> {
    return new Paginated(items, { limit, has_next: nextCursor !== null, next_cursor: nextCursor });
  }

  /** The same page with its items mapped. */
  map<U>(mapper: (item: T) => U): Paginated<U> {
    return new Paginated(this.items.map(mapper), this.pagination);
  }
}

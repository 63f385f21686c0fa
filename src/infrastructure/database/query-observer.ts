import { Injectable } from '@nestjs/common';

/** Told of every statement; the metrics module listens. */
export type QueryListener = (sql: string, durationSeconds: number, succeeded: boolean) => void;

/** Where statements announce how long they took, so that the database knows nothing of metrics. */
@Injectable()
export class QueryObserver {
  private listener: QueryListener = () => undefined;

  /** Sets the one listener. */
  listen(listener: QueryListener): void {
    this.listener = listener;
  }

  /** Reports one finished statement. */
  observe(sql: string, durationSeconds: number, succeeded: boolean): void {
    this.listener(sql, durationSeconds, succeeded);
  }
}

import { Injectable, type OnModuleInit } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import type { DataSource, EntitySubscriberInterface } from 'typeorm';

/** Told of every statement; the metrics module listens. */
export type QueryListener = (sql: string, durationSeconds: number, succeeded: boolean) => void;

/** What is used of TypeORM's `AfterQueryEvent`. */
interface FinishedQuery {
  query: string;
  executionTime?: number;
  success: boolean;
}

/** Where statements announce how long they took, so that the database knows nothing of metrics. */
@Injectable()
export class QueryObserver implements EntitySubscriberInterface, OnModuleInit {
  private listener: QueryListener | null = null;

  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  onModuleInit(): void {
    this.dataSource.subscribers.push(this);
  }

  /** Sets the one listener. */
  listen(listener: QueryListener): void {
    this.listener = listener;
  }

  /** Called by TypeORM after each statement, whoever sent it; the time is in milliseconds. */
  afterQuery({ query, executionTime = 0, success }: FinishedQuery): void {
    this.listener?.(query, executionTime / 1000, success);
  }
}

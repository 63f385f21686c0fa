/** Collects the conditions of a list with their parameters, so that no value is ever written into SQL. */
export class Conditions {
  readonly where: string[] = [];
  readonly parameters: unknown[] = [];

  /** Adds a condition that needs no value. */
  add(condition: string): this {
    this.where.push(condition);
    return this;
  }

  /** Adds `condition`, whose `?` stands for the value, unless the value is undefined. */
  addIf(value: unknown, condition: string): this {
    if (value === undefined) return this;
    this.parameters.push(value);
    return this.add(condition.replaceAll('?', `$${String(this.parameters.length)}`));
  }
}

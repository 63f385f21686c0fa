/** Tells the story on the terminal. */
export class Narrator {
  private chapter = 0;

  constructor(private readonly print: (line: string) => void) {}

  title(text: string): void {
    this.chapter += 1;
    this.print(`\n${String(this.chapter)}. ${text}`);
  }

  /** One step, with what belongs to it behind. */
  step(text: string, facts: Record<string, string | number> = {}): void {
    this.print(`   ${text}`);
    for (const [name, value] of Object.entries(facts)) this.print(`     ${name.padEnd(16)} ${String(value)}`);
  }

  plain(text: string): void {
    this.print(text);
  }
}

/** An amount as people read it, of a currency with two decimals. */
export const money = (amountMinor: number, currency: string): string =>
  `${(amountMinor / 100).toFixed(2)} ${currency}`;

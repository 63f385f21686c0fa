/** The story cannot go on; the message is the sentence that the user reads. */
export class StoryStopped extends Error {}

/** Stops the story unless the condition holds. */
export function insist(condition: boolean, sentence: string): asserts condition {
  if (!condition) throw new StoryStopped(sentence);
}

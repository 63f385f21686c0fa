/** A file of the repository that is made from the sources and must not drift from them. */
export interface Artefact {
  /** Path from the project folder. */
  readonly path: string;
  /** The whole text of the file. */
  render(): Promise<string>;
}

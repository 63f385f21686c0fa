/** What artefacts may ask for while they are rendered. */
export interface RenderContext {
  /** The address of a database at the newest migration, without rows. */
  migratedDatabase(): Promise<string>;
}

/** A file of the repository that is made from the sources and must not drift from them. */
export interface Artefact {
  /** Path from the project folder. */
  readonly path: string;
  /** The whole text of the file. */
  render(context: RenderContext): Promise<string>;
}

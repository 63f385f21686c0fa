import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** Where the product lies on this machine. */
export interface ProjectPlace {
  /** Folder of the project's package.json. */
  readonly projectRoot: string;
  /** Folder in which the process was started; relative paths of the configuration start here. */
  readonly workingDir: string;
  /** From package.json: the only place of the version. */
  readonly version: string;
}

const PACKAGE_NAME = 'veza-backend-api';

interface PackageFile {
  name?: string;
  version?: string;
}

/**
 * Looks upward from the started script and from the working folder. `import.meta` is no way: the same
 * sources run as CommonJS in the tests.
 * @throws Error when neither lies inside the project.
 */
export function findProjectPlace(
  script: string | undefined = process.argv[1],
  workingDir: string = process.cwd(),
): ProjectPlace {
  const starts = [...(script ? [dirname(resolve(script))] : []), workingDir];
  for (const start of starts) {
    for (let folder = start; ; folder = dirname(folder)) {
      const version = findVersion(folder);
      if (version !== null) return { projectRoot: folder, workingDir, version };
      if (dirname(folder) === folder) break;
    }
  }
  throw new Error(`No package.json of ${PACKAGE_NAME} above ${starts.join(' or ')}`);
}

function findVersion(folder: string): string | null {
  const file = join(folder, 'package.json');
  if (!existsSync(file)) return null;
  const content = JSON.parse(readFileSync(file, 'utf8')) as PackageFile;
  return content.name === PACKAGE_NAME ? (content.version ?? null) : null;
}

const paths = new Set<string>();

/**
 * Declares a path outside `/api/v1`: a probe, or a page for people. Stands beside its controller.
 * @param path such as `admin/queues`; all below it is outside too
 * @returns the path, for `@Controller`
 */
export function defineUnversionedPath(path: string): string {
  paths.add(path);
  return path;
}

/** What the modules loaded so far have declared, in the terms of Nest's global prefix. */
export const unversionedPaths = (): string[] => [...paths].flatMap((path) => [path, `${path}/*path`]);

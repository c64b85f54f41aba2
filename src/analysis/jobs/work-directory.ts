import type { TemporaryFiles } from '../../files/temporary-files.service.js';
import type { Claim } from '../analysis.queries.js';

type Attempt = Pick<Claim, 'id' | 'attempt'>;

/** Names the folder in which one attempt works. */
export const workNameOf = ({ id, attempt }: Attempt): string => `${id}-${attempt}`;

/** Removes the folders of attempts up to this one, which are dead or no longer wanted. */
export async function removeWork(temporary: TemporaryFiles, { id, attempt }: Attempt): Promise<void> {
  const names = Array.from({ length: attempt }, (_, index) => workNameOf({ id, attempt: index + 1 }));
  await temporary.removeNamed('work', new Set(names));
}

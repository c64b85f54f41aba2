import type { Subject } from '../files/files.queries.js';

/** The name of the file that was sent in; all other files of an analysis are its artifacts. */
export const SOURCE_NAME = 'source';

/** The analysis as what files belong to. */
export const subjectOf = (id: string): Subject => ({ kind: 'analysis', id });

/** Whether `f` of `files` is an artifact of `a` of `analyses`, in SQL. */
export const ARTIFACT_OF_ANALYSIS = `f.subject_kind = 'analysis' AND f.subject_id = a.id AND f.state = 'stored'
                AND f.name <> '${SOURCE_NAME}'`;

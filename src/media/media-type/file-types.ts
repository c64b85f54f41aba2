export const FILE_TYPES = ['image', 'video', 'document'] as const;
export type FileType = (typeof FILE_TYPES)[number];

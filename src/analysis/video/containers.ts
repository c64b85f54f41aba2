/** The seven containers: the name shown in results, and the only demuxer that may read a file of that type. */
export interface Container {
  readonly name: string;
  readonly demuxer: string;
  readonly demuxerOptions: readonly string[];
}

/** MOV and MP4 can name other files as the place of their frames (`dref`): never followed. */
const ownDataOnly = ['-enable_drefs', '0', '-use_absolute_path', '0'];

export const containers: ReadonlyMap<string, Container> = new Map([
  ['video/mp4', { name: 'mp4', demuxer: 'mov', demuxerOptions: ownDataOnly }],
  ['video/quicktime', { name: 'mov', demuxer: 'mov', demuxerOptions: ownDataOnly }],
  ['video/x-msvideo', { name: 'avi', demuxer: 'avi', demuxerOptions: [] }],
  ['video/x-matroska', { name: 'mkv', demuxer: 'matroska', demuxerOptions: [] }],
  ['video/webm', { name: 'webm', demuxer: 'matroska', demuxerOptions: [] }],
  ['video/x-ms-wmv', { name: 'wmv', demuxer: 'asf', demuxerOptions: [] }],
  ['video/x-flv', { name: 'flv', demuxer: 'flv', demuxerOptions: [] }],
]);

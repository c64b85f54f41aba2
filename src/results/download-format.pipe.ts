import { Injectable, type PipeTransform } from '@nestjs/common';
import { validationFailed } from '../platform/errors.js';
import { DOWNLOAD_FORMATS, type DownloadFormat } from './download.js';

@Injectable()
export class DownloadFormatPipe implements PipeTransform<string, DownloadFormat> {
  transform(value: string): DownloadFormat {
    const format = DOWNLOAD_FORMATS.find((known) => known === value);
    if (!format)
      throw validationFailed([{ field: 'format', message: `must be one of ${DOWNLOAD_FORMATS.join(', ')}` }]);
    return format;
  }
}

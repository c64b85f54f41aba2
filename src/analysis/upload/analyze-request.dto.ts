import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { FILE_TYPES, type FileType } from '../../media/media-type/file-types.js';

/** The multipart fields of `POST /analyze`; read from the stream, shown in OpenAPI. */
export class AnalyzeRequest {
  @ApiProperty({ type: 'string', format: 'binary', description: 'The file, up to MAX_CONTENT_LENGTH bytes.' })
  readonly file: string;

  @ApiPropertyOptional({ enum: FILE_TYPES, description: 'Refuses the file when its bytes are of another type.' })
  readonly file_type?: FileType;

  @ApiPropertyOptional({
    description: 'Comma-separated names from GET /analyzers; the default ones when left out.',
    example: 'image,colors,thumbnail',
  })
  readonly features?: string;

  @ApiPropertyOptional({ description: 'A JSON object with options from GET /analyzers.', example: '{}' })
  readonly options?: string;
}

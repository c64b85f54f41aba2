import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { FILE_TYPES, type FileType } from './analyzer.js';
import { analyzers } from './analyzers.js';

export class FeatureResponse {
  @ApiProperty({ description: 'Also the key in `results`.', example: 'colors' })
  readonly name: string;

  @ApiProperty({ example: 'Dominant colours with their shares' })
  readonly description: string;

  @ApiProperty({ description: 'Whether it runs when no features are named.' })
  readonly default: boolean;
}

export class OptionResponse {
  @ApiProperty({ example: 'scene_threshold' })
  readonly name: string;

  @ApiProperty({ example: 'How much a picture must differ from the one before it to start a scene' })
  readonly description: string;

  @ApiProperty({ enum: ['integer', 'number', 'boolean'] })
  readonly type: string;

  @ApiProperty({ oneOf: [{ type: 'number' }, { type: 'boolean' }], example: 0.3 })
  readonly default: number | boolean;

  @ApiPropertyOptional({ description: 'The least value that is taken.', example: 0.05 })
  readonly minimum?: number;

  @ApiPropertyOptional({ description: 'The greatest value that is taken.', example: 0.95 })
  readonly maximum?: number;
}

export class AnalyzerResponse {
  @ApiProperty({ enum: FILE_TYPES })
  readonly file_type: FileType;

  @ApiProperty({ type: [String], example: ['image/jpeg', 'image/png'] })
  readonly media_types: string[];

  @ApiProperty({ type: [FeatureResponse] })
  readonly features: FeatureResponse[];

  @ApiProperty({ type: [OptionResponse] })
  readonly options: OptionResponse[];
}

export class AnalyzersResponse {
  @ApiProperty({ type: [AnalyzerResponse] })
  readonly items: AnalyzerResponse[];

  static all(): AnalyzersResponse {
    return {
      items: FILE_TYPES.map((fileType) => analyzers[fileType]).map((analyzer) => ({
        file_type: analyzer.fileType,
        media_types: [...analyzer.mediaTypes],
        features: analyzer.features.map(({ name, description, default: standard }) => ({
          name,
          description,
          default: standard,
        })),
        options: analyzer.options.map((option) => ({ ...option })),
      })),
    };
  }
}

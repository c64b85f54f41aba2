import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { type FeatureDescription } from './analyzer.js';
import { FILE_TYPES, type FileType } from '../media/media-type/file-types.js';
import { analyzers } from './analyzers.js';

export class FeatureResponse {
  @ApiProperty({ description: 'Also the key in `results`.', example: 'colors' })
  readonly name: string;

  @ApiProperty({ example: 'Dominant colours with their shares' })
  readonly description: string;

  @ApiProperty({ description: 'Whether it runs when no features are named.' })
  readonly default: boolean;

  @ApiProperty({ description: 'Whether all models that it needs are installed.' })
  readonly available: boolean;

  @ApiProperty({ type: [String], description: 'The models that it needs.', example: ['face-detector'] })
  readonly models: string[];

  @ApiProperty({ type: [String], description: 'Those of them that are not installed.', example: [] })
  readonly missing_models: string[];
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

  static all(missingModels: readonly string[]): AnalyzersResponse {
    return {
      items: FILE_TYPES.map((fileType) => analyzers[fileType]).map((analyzer) => ({
        file_type: analyzer.fileType,
        media_types: [...analyzer.mediaTypes],
        features: analyzer.features.map((feature) => featureResponse(feature, missingModels)),
        options: analyzer.options.map((option) => ({ ...option })),
      })),
    };
  }
}

function featureResponse(feature: FeatureDescription, missingModels: readonly string[]): FeatureResponse {
  const { name, description, default: standard, models = [] } = feature;
  const missing = models.filter((model) => missingModels.includes(model));
  return {
    name,
    description,
    default: standard,
    available: missing.length === 0,
    models: [...models],
    missing_models: missing,
  };
}

import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiProperty, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { type ErrorDefinition, internalError, dependencyUnavailable } from '../errors.js';
import { rateLimited } from '../limits/limits.errors.js';

export class ErrorDescription {
  @ApiProperty({ description: 'Stable; programs branch on it.', example: 'validation_failed' })
  readonly code: string;

  @ApiProperty({ description: 'For people; may change.', example: 'page: must be at least 1' })
  readonly message: string;

  @ApiProperty({
    type: Object,
    nullable: true,
    additionalProperties: true,
    description: 'For programs, by code: the fields at fault, a limit, a status.',
    example: null,
  })
  readonly details: Record<string, unknown> | null;

  @ApiProperty({ description: 'The X-Request-ID of the answer.', example: '01997b5e-7a3e-7c44-9a25-5b1c3a2a9f10' })
  readonly request_id: string;
}

export class ErrorResponse {
  @ApiProperty({ type: ErrorDescription })
  readonly error: ErrorDescription;
}

/** Documents the refusals of a route, but for those that its access decorator brings. */
export const ApiRefusals = (...definitions: ErrorDefinition[]): MethodDecorator & ClassDecorator =>
  applyDecorators(
    ApiExtraModels(ErrorResponse),
    ...apiResponses(...definitions, rateLimited, internalError, dependencyUnavailable),
  );

/** The documentation of refusals, one example a code, gathered by status. */
export function apiResponses(...definitions: ErrorDefinition[]): (MethodDecorator & ClassDecorator)[] {
  return [...groupByStatus(definitions)].map(([status, all]) =>
    ApiResponse({
      status,
      description: all.map(({ code, meaning }) => `\`${code}\`: ${meaning}`).join('\n\n'),
      // JSON also where the route produces something else.
      content: {
        'application/json': {
          schema: { $ref: getSchemaPath(ErrorResponse) },
          examples: Object.fromEntries(all.map((definition) => [definition.code, example(definition)])),
        },
      },
    }),
  );
}

function groupByStatus(definitions: ErrorDefinition[]): Map<number, ErrorDefinition[]> {
  const groups = new Map<number, ErrorDefinition[]>();
  for (const definition of definitions) {
    groups.set(definition.status, [...(groups.get(definition.status) ?? []), definition]);
  }
  return groups;
}

const example = ({ code, meaning }: ErrorDefinition) => ({
  summary: code,
  value: { error: { code, message: meaning, details: null, request_id: '01997b5e-7a3e-7c44-9a25-5b1c3a2a9f10' } },
});

import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiProperty, ApiResponse, getSchemaPath, type OpenAPIObject } from '@nestjs/swagger';
import { type ErrorDefinition, internalError, dependencyUnavailable } from '../errors.js';
import { rateLimited } from '../limits/limits.errors.js';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

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
export const ApiErrors = (...definitions: ErrorDefinition[]): MethodDecorator & ClassDecorator =>
  applyDecorators(
    ApiExtraModels(ErrorResponse),
    ...apiResponses(...definitions, rateLimited, internalError, dependencyUnavailable),
  );

/** The documentation of refusals, one example a code, gathered by status. */
export function apiResponses(...definitions: ErrorDefinition[]): (MethodDecorator & ClassDecorator)[] {
  return [...groupByStatus(definitions)].map(([status, all]) =>
    ApiResponse({
      status,
      description: all.map(describe).join(PARAGRAPH),
      // JSON also where the route produces something else.
      content: { [JSON_TYPE]: { schema: { $ref: getSchemaPath(ErrorResponse) }, examples: examplesOf(all) } },
    }),
  );
}

/** Adds refusals to an operation of a document that has been made; what it names already stays as it is. */
export function describeErrors(
  { responses }: Pick<Operation, 'responses'>,
  definitions: readonly ErrorDefinition[],
): void {
  for (const [status, all] of groupByStatus(definitions)) {
    const known = responses[String(status)];
    if (known && '$ref' in known) continue;
    const { schema, examples } = known?.content?.[JSON_TYPE] ?? {};
    const more = all.filter(({ code }) => !(code in (examples ?? {})));
    responses[String(status)] = {
      ...known,
      description: [...(known ? [known.description] : []), ...more.map(describe)].join(PARAGRAPH),
      content: {
        ...known?.content,
        [JSON_TYPE]: {
          schema: schema ?? { $ref: getSchemaPath(ErrorResponse) },
          examples: { ...examples, ...examplesOf(more) },
        },
      },
    };
  }
}

const JSON_TYPE = 'application/json';

const PARAGRAPH = '\n\n';

const describe = ({ code, meaning }: ErrorDefinition): string => `\`${code}\`: ${meaning}`;

const examplesOf = (definitions: readonly ErrorDefinition[]): Record<string, ReturnType<typeof example>> =>
  Object.fromEntries(definitions.map((definition) => [definition.code, example(definition)]));

function groupByStatus(definitions: readonly ErrorDefinition[]): Map<number, ErrorDefinition[]> {
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

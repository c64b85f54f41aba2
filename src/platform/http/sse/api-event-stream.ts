import { applyDecorators, type Type } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiProduces } from '@nestjs/swagger';

/** Documents a route that tells a state as server-sent events until it is final. */
export const ApiEventStream = (state: Type): MethodDecorator =>
  applyDecorators(
    ApiHeader({ name: 'Last-Event-ID', description: 'The last event that the client has seen.' }),
    ApiProduces('text/event-stream'),
    ApiOkResponse({
      description: '`progress` events, then one named `completed`, `failed` or `cancelled`; their data is this body.',
      type: state,
    }),
  );

import { type ExternalFormat, isObject } from './external-call.js';

/** Options of a batch that are passed on to the model. Others are not, since some change the answer's form or its price. */
const PASSED_ON = [
  'model',
  'temperature',
  'top_p',
  'seed',
  'max_tokens',
  'max_completion_tokens',
  'response_format',
] as const;

const DEFAULT_PROMPT = 'Describe this image.';

/**
 * OpenAI's chat completions, which many servers speak: the picture by its URL with `options.prompt`, and the message of
 * the first choice as it stands is the result.
 * @param model named when `options.model` is not given; left out when empty.
 */
export const openAiFormat = (model: string | undefined): ExternalFormat => ({
  ask: ({ imageUrl, options }) => ({
    ...(model ? { model } : {}),
    ...Object.fromEntries(PASSED_ON.filter((name) => name in options).map((name) => [name, options[name]])),
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: typeof options.prompt === 'string' ? options.prompt : DEFAULT_PROMPT },
          { type: 'image_url', image_url: { url: imageUrl } },
        ],
      },
    ],
  }),
  read: ({ choices }) => {
    const first: unknown = Array.isArray(choices) ? choices[0] : undefined;
    return isObject(first) && isObject(first.message) ? JSON.stringify(first.message) : null;
  },
});

/** How the command line finds a running Facet, where its arguments do not say. */
export interface ClientSettings {
  readonly url: string;
  readonly apiKey: string | undefined;
}

export const clientSettings = ({ FACET_URL, FACET_API_KEY }: NodeJS.ProcessEnv = process.env): ClientSettings => ({
  url: FACET_URL ?? 'http://127.0.0.1:3000',
  apiKey: FACET_API_KEY === '' ? undefined : FACET_API_KEY,
});

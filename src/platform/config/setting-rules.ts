import { Transform } from 'class-transformer';
import { IsInt, IsNumber, IsUrl, Max, Min } from 'class-validator';

export const toInteger = Transform(({ value }: { value: unknown }) =>
  typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value,
);

const toNumber = Transform(({ value }: { value: unknown }) =>
  typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value,
);

export const toBoolean = Transform(({ value }: { value: unknown }) =>
  value === 'true' ? true : value === 'false' ? false : value,
);

/** As `applyDecorators` of Nest, all of which is not to be loaded before the settings are known to be right. */
export const all =
  (...rules: PropertyDecorator[]): PropertyDecorator =>
  (target, property) => {
    for (const rule of rules) rule(target, property);
  };

export const WholeNumber = (least: number, most: number) => all(toInteger, IsInt(), Min(least), Max(most));

export const Decimal = (least: number, most: number) => all(toNumber, IsNumber(), Min(least), Max(most));

export const UrlOf = (...protocols: string[]) =>
  IsUrl(
    // Services of Docker Compose may have underscores in their names.
    { protocols, require_protocol: true, require_tld: false, require_valid_protocol: true, allow_underscores: true },
    { message: `must be a URL that starts with ${protocols.map((protocol) => `${protocol}://`).join(' or ')}` },
  );

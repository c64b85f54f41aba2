/** RGBA as it looks on white paper, opaque: what is transparent must not keep the colour beneath. */
export function onWhite(data: Uint8Array): Uint8ClampedArray<ArrayBuffer> {
  const opaque = new Uint8ClampedArray(data);
  for (let index = 0; index < opaque.length; index += 4) {
    const alpha = opaque[index + 3] ?? 0;
    if (alpha === 255) continue;
    for (let channel = index; channel < index + 3; channel++)
      opaque[channel] = ((opaque[channel] ?? 0) * alpha) / 255 + 255 - alpha;
    opaque[index + 3] = 255;
  }
  return opaque;
}

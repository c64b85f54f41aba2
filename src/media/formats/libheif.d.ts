/** The part of libheif-js that is used here; the package has no types of its own for its bundle. */
declare module 'libheif-js/libheif-wasm/libheif-bundle.js' {
  export interface LibHeifHandle {
    readonly code?: unknown;
  }

  export interface LibHeif {
    readonly heif_colorspace: { readonly heif_colorspace_RGB: unknown };
    readonly heif_chroma: { readonly heif_chroma_interleaved_RGBA: unknown };
    heif_context_alloc(): unknown;
    heif_context_read_from_memory(context: unknown, file: Uint8Array): { readonly code: unknown };
    /** An error with a `code` instead when there is none. */
    heif_js_context_get_primary_image_handle(context: unknown): LibHeifHandle;
    heif_image_handle_get_width(handle: LibHeifHandle): number;
    heif_image_handle_get_height(handle: LibHeifHandle): number;
    heif_js_decode_image2(
      handle: LibHeifHandle,
      colorspace: unknown,
      chroma: unknown,
    ): {
      /** Missing when decoding failed. */
      readonly channels?: readonly { data: Uint8Array; width: number; height: number; stride: number }[];
    };
  }

  const createLibHeif: (options: { print: () => void; printErr: () => void }) => LibHeif;
  export default createLibHeif;
}

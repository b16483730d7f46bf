/** Sizes at the boundary. Anything above is refused before it is parsed further. */
export const LIMITS = {
  /** One JPEG or PNG image, bytes. */
  imageBytes: 2_000_000,
  /** Decoded pixels of one image (a decompression bomb stops here). */
  imagePixels: 16_000_000,
  /** One frame of a liveness burst, bytes. */
  frameBytes: 120_000,
  /** Frames in the burst of one liveness step, and their bytes together. */
  framesPerBurst: 40,
  burstBytes: 1_000_000,
  /** One socket message, bytes. */
  socketMessageBytes: 4_000_000,
  /** One JSON body over REST, bytes. */
  jsonBodyBytes: 256_000,
  /** Any free text, characters. */
  textChars: 500,
} as const;

/** Version of this contract, sent by the SDK when it joins. */
export const PROTOCOL_VERSION = 1;

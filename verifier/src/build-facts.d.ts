/** Version of the sources this build was made from, put in by `build.mjs`. */
declare const __ENGINE_VERSION__: string;

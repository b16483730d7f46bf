/**
 * The wire contract between server and SDK: the only module both sides import.
 * Types, small constants and the committed randomness; the runtime schemas are in `@xuejian/protocol/schemas` (server only).
 */
export * from './codes.js';
export * from './events.js';
export * from './limits.js';
export * from './randomness.js';

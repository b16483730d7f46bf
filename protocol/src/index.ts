/**
 * The wire contract between server and SDK: the only module both sides import.
 * Types and small constants only; the runtime schemas are in `@xuejian/protocol/schemas` (server only).
 */
export * from './codes.js';
export * from './events.js';
export * from './limits.js';

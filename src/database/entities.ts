/** A class decorated with `@Entity()`. */
export type EntityClass = new () => object;

/** Every table the server maps: each feature adds its own list here. */
export const ENTITIES: readonly EntityClass[] = [];
